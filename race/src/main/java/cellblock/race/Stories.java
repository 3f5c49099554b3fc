package cellblock.race;

import java.util.Map;

/** What the scenarios tell, in a few sentences each. */
final class Stories {
  private static final Map<String, String> ALL =
      Map.ofEntries(
          Map.entry(
              "inside",
              """
              The pair was made in vnet0, so it stands on the list of vnet0's cloner, but its end b lives in the jail.
              Where a cloner is looked up by the vnet that asks, the jail's own epair cloner is found, has never heard of
              epair0b, and answers ENXIO: the interface can be destroyed neither from inside nor from outside. Here an
              interface remembers the cloner that made it.
              """),
          Map.entry(
              "F1",
              """
              Two people do what is theirs to do: the host destroys epair0a, and with it the other end; jail -r brings that
              end home. Both have looked, both go on with what they saw. The end is dead when the move attaches it to vnet0.
              Here one saga at a time has an interface, and looks again once it has it.
              """),
          Map.entry(
              "F2",
              """
              vnet_if_return makes a list of what is to go home and works through it. Meanwhile somebody lends one more
              interface. It is not on the list; the destructors run without it, and it stays behind in a vnet that is no more.
              Here the gate is shut before, and the return looks again until nothing is left.
              """),
          Map.entry(
              "F3",
              """
              ifconfig destroy and ifconfig vnet at the same interface. Each detaches it from where it was when it looked.
              The one that comes second works on an interface that is freed. Here the second waits for the first and is told ENXIO.
              """),
          Map.entry(
              "F4",
              """
              The host wants its interface back at the moment at which the jail destroys it. Found once is not found for ever.
              """),
          Map.entry(
              "F6",
              """
              An interface that is moved does not say so: IFF_DYING is for those that are destroyed. A program in the jail
              looks it up by index while its address-family data is already gone, and before it has arrived elsewhere: in FreeBSD
              a page fault in ip6_output. Here the state word says DETACHING before anything is taken away, and whoever looks for
              output finds attached interfaces only.
              """),
          Map.entry(
              "F7",
              """
              The bridge has taken the address of its first member. It goes home from the dying jail: its families' data is
              freed, then its driver lets the members go, the address changes back, and whoever listens for link addresses looks for
              the bridge's data. Here the driver lets go first, and an interface that has been detached tells nobody.
              """),
          Map.entry(
              "F8",
              """
              The driver's PHY saw the cable go, and tells the interface so. Meanwhile the interface was destroyed. Without a
              look at the state the change runs on freed memory.
              """),
          Map.entry(
              "F9",
              """
              A look at /dev/tun makes an interface, and the interface keeps the credentials of who looked. The program ends, the
              interface stays, and with it the credentials, and with them the jail, which dies for ever: only its end would destroy
              the interface. Here interfaces are destroyed in the shutdown stage, which references do not delay.
              """),
          Map.entry(
              "F11",
              """
              A wg has the credentials of whoever made it, for the sockets that stay at home when it is lent. They hold the
              prison. The prison's end would end its vnet, whose end would destroy the wg, whose end would give the credentials back:
              nobody begins. FreeBSD cuts the circle by a method that is called when a prison is removed. Here the shutdown stage
              ends the device before anybody asks who holds the prison.
              """),
          Map.entry(
              "F11b",
              """
              The same circle, with the interface in another vnet: whoever looks for it in the dying one does not find it. A device
              stands on the list of the vnet whose credentials it has, wherever its interface is.
              """),
          Map.entry(
              "F12",
              """
              A device that was opened in the jail is still open somewhere. In the classic order the interfaces go home when the
              last reference goes, minutes later. Here they go home in the shutdown stage, which references do not delay; jail -r says
              who holds the rest.
              """),
          Map.entry(
              "F14",
              """
              The child's own removal is under way when the parent is removed. If nobody keeps the parent for the child, it is
              freed first, and the child's last step asks its parent.
              """),
          Map.entry(
              "F15",
              """
              The tunnel subscribed to the rib so that its cached nexthop is told of changes, and unsubscribes when it is
              deleted. The jail dies; destructors run in the order of SI_SUB: first the routing tables, which free their
              subscriptions, later, at the place to which its author had moved it (PSEUDO), the tunnel. It is deleted only then,
              and rib_unsubscribe reads what is freed.
              This is the fault that vnet_shutdown was proposed for.
              """),
          Map.entry(
              "F15gre",
              """
              The same with gre.
              """),
          Map.entry(
              "F15b",
              """
              The same for a module that has no shutdown handler at all: it lets go in its destructor. In the classic order
              it finds a freed subscription. Here the closing rib has told it, and unsubscribing after that is legal.
              """),
          Map.entry(
              "F16",
              """
              A remembered nexthop keeps the nexthop, not the tables that it belongs to. It is let go of when they are gone,
              and leads to an interface of a vnet that is gone, too. Here a nexthop that loses its last route clears whoever
              remembers it.
              """),
          Map.entry(
              "F16b",
              """
              The same for a module that has no shutdown handler.
              """),
          Map.entry(
              "F19",
              """
              dummynet, netisr and epair hold packets together with the interface that they came by. While one waits, the
              interface moves. When it comes out of the queue it is input on an interface of another vnet, in the lane of the old
              one: one jail's packet in another's stack. Here the queue keeps a weak handle, and every move gives a new generation.
              """),
          Map.entry(
              "F19b",
              """
              The same, but the interface is destroyed. A raw pointer is one to freed memory; a generation that changed on
              detach makes it a counted drop.
              """),
          Map.entry(
              "F22",
              """
              A worker beside the lane has a batch of the jail in hand. Nobody waits for it; its answer comes when the vnet is
              destroyed. Here the batch stands in the ledger, and AUDIT waits for it and says so.
              """),
          Map.entry(
              "F24",
              """
              tcpdump was started on the host when the interface was the host's. The interface moves into a jail, and the
              tap goes with it: the host's program reads the jail's packets. Here taps are cut at departure.
              """),
          Map.entry(
              "F27",
              """
              kldload lists the vnets and constructs its part in each. A vnet whose constructors have already been picked,
              but which is not on the list yet, is missed by both sides. Here a vnet is on the list before its first constructor.
              """),
          Map.entry(
              "F28",
              """
              In the jail lo1 was renamed to lo2, which is nobody else's business. On the host there is a lo2 as well. The jail
              dies, and nobody looks at names on the way home.
              """),
          Map.entry(
              "F29",
              """
              The jail made a pair and pushed one end up to the host. It dies, and what it made dies with it, wherever it is.
              At that moment the host gives the end back: the move and the destruction meet.
              """),
          Map.entry(
              "F30",
              """
              SIGKILL goes to every process that is in the jail. One that is just entering is not in it yet. It lives on in a
              dying jail, which it keeps dying. Here entering and being marked are turns of one lane.
              """),
          Map.entry(
              "F31",
              """
              In the branch in which vnet_shutdown was first tried it runs before SIGKILL. The program is still alive when all
              has been cleaned up, and makes something new. Here the processes are killed and awaited first, and the gate is shut.
              """),
          Map.entry(
              "F32",
              """
              The driver has stopped and freed what it sends with, and IPv6 does not know yet. Whoever holds the interface sends
              into nothing. Here the driver goes last, after everybody else has let go.
              """),
          Map.entry(
              "F33",
              """
              The socket's membership outlives the interface. When the program closes the socket, the group is left on an
              interface that is freed. Here memberships end with the interface.
              """),
          Map.entry(
              "F34",
              """
              The test removes its jail and destroys the interface that should be home by then. It is not: a program takes its time
              to die. The error is ignored, the test passes. Later the jail dies, the interface pops up in vnet0 in the middle of
              the next test, and that one fails. Here jail -r returns when the jail is gone.
              """),
          Map.entry(
              "F35",
              """
              A queued packet's handle is index and generation. A move changes neither; restored, the handle of one vnet leads to
              an interface of another.
              """),
          Map.entry(
              "F36",
              """
              jail -r has returned; the jail is dying, and nobody looks at the target of a move. The interface goes in and comes back
              moments later, by itself.
              """),
          Map.entry(
              "F38",
              """
              The counters are freed at one place, the timers awaited at a later one. A timer that fires in between counts in freed
              memory. In the shutdown stage the timers are awaited while the counters are still there.
              """),
          Map.entry(
              "section",
              """
              What is seen in a section may be used until its end. The address-family data is not delayed with the interface, so it
              goes in the middle of the section. Here a grace period lies between the unlinking and the revoking.
              """),
          Map.entry(
              "phases",
              """
              A handler unpublishes a table and frees it at once; a reader still holds it. Here the handler returns the freeing as a
              second phase, and a grace period passes before that.
              """),
          Map.entry(
              "program",
              """
              SIGKILL is sent and not awaited. jail -r has returned, and the program is still at its system calls.
              """));

  private Stories() {}

  /** The story of a scenario. */
  static String of(Scenario s) {
    return ALL.getOrDefault(s.name(), s.title());
  }
}
