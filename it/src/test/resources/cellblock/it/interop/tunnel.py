"""One end of a tunnel, for a Linux that was built without: raw sockets outside, a TUN device inside.

usage: tunnel.py DEVICE LOCAL REMOTE gre|greudp|ip [key=N] [csum] [seq]

"ip" is IPv4 and IPv6 in IP (protocols 4 and 41); "gre" is RFC 2784 and 2890; "greudp" is RFC 8086. The network
stack on both sides of this program is Linux's own. Every packet that is not as it should be is told of, and not
let through.
"""
import fcntl
import os
import select
import socket
import struct
import sys

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
CSUM, KEY, SEQ = 0x8000, 0x2000, 0x1000
UDP_PORT = 4754

device, local, remote, kind = sys.argv[1:5]
options = dict(o.split("=") if "=" in o else (o, "1") for o in sys.argv[5:])
flags = (CSUM if "csum" in options else 0) | (KEY if "key" in options else 0) | (SEQ if "seq" in options else 0)
family = socket.AF_INET6 if ":" in local else socket.AF_INET
sent = 0
expected = 0


def wrong(what):
    print(what, flush=True)


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def wrap(packet):
    global sent
    head = struct.pack("!HH", flags, 0x86DD if packet[0] >> 4 == 6 else 0x0800)
    if flags & CSUM:
        head += bytes(4)
    if flags & KEY:
        head += struct.pack("!I", int(options["key"]))
    if flags & SEQ:
        head += struct.pack("!I", sent)
        sent += 1
    if flags & CSUM:
        head = head[:4] + struct.pack("!H", checksum(head + packet)) + head[6:]
    return head + packet


def unwrap(data):
    global expected
    has, proto = struct.unpack("!HH", data[:4])
    if has != flags:
        return wrong("flags %04x in place of %04x" % (has, flags))
    at = 4
    if has & CSUM:
        if checksum(data) != 0:
            return wrong("checksum")
        at += 4
    if has & KEY:
        if data[at : at + 4] != struct.pack("!I", int(options["key"])):
            return wrong("key")
        at += 4
    if has & SEQ:
        number = struct.unpack("!I", data[at : at + 4])[0]
        if number < expected:
            wrong("number %d after %d" % (number, expected - 1))
        expected = number + 1
        at += 4
    packet = data[at:]
    if proto != {4: 0x0800, 6: 0x86DD}.get(packet[0] >> 4):
        return wrong("type %04x of a packet of version %d" % (proto, packet[0] >> 4))
    return packet


def opened(protocol):
    s = socket.socket(family, socket.SOCK_RAW, protocol)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
    s.bind((local, 0))
    return s


def payload(data):
    return data[(data[0] & 15) * 4 :] if family == socket.AF_INET else data


tun = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH22x", device.encode(), IFF_TUN | IFF_NO_PI))
if kind == "greudp":
    sockets = [socket.socket(family, socket.SOCK_DGRAM)]
    sockets[0].bind((local, UDP_PORT))
elif kind == "gre":
    sockets = [opened(47)]
else:
    sockets = [opened(4), opened(41)]
while True:
    for ready in select.select([tun] + sockets, [], [])[0]:
        if ready == tun:
            packet = os.read(tun, 65536)
            if kind == "greudp":
                sockets[0].sendto(wrap(packet), (remote, UDP_PORT))
            elif kind == "gre":
                sockets[0].sendto(wrap(packet), (remote, 0))
            else:
                sockets[packet[0] >> 4 == 6].sendto(packet, (remote, 0))
            continue
        data, peer = ready.recvfrom(65536)
        if peer[0] != remote:
            wrong("a packet of " + peer[0])
        elif kind == "greudp":
            data = unwrap(data)
        elif kind == "gre":
            data = unwrap(payload(data))
        else:
            data = payload(data)
        if data:
            os.write(tun, data)
