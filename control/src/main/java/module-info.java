/** Requests, replies and events between tools and a kernel. */
module cellblock.control {
  requires static org.jspecify;

  exports cellblock.control;
  exports cellblock.control.session;
  exports cellblock.control.tool;
}
