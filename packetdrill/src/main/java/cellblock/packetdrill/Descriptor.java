package cellblock.packetdrill;

import cellblock.inet.socket.Socket;

/** A file descriptor of the script: a socket, its flags, and the flow it belongs to. */
final class Descriptor {
  final Socket socket;
  final Flow flow;

  /** O_NONBLOCK. */
  boolean nonBlocking;

  Descriptor(Socket socket, Flow flow) {
    this.socket = socket;
    this.flow = flow;
  }
}
