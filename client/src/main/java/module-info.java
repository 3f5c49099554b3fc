/** The thin client: carries one tool call to a daemon. */
module cellblock.client {
  requires cellblock.control;
  requires jdk.net;
  requires jdk.unsupported;
  requires static org.jspecify;
}
