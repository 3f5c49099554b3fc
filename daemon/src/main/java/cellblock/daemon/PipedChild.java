package cellblock.daemon;

import cellblock.control.KernelError;
import cellblock.control.session.Launch;
import cellblock.control.tool.HostChild;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;

/**
 * A host program that this JVM started itself, on pipes: what inetd runs for a connection. It is
 * known by the mark in its environment, and by being registered.
 */
record PipedChild(Process process) implements HostChild {
  /** Starts it as a process of the jail with that serial. */
  static HostChild start(Launch launch, int jail, int fib, HostProcesses processes)
      throws IOException {
    List<String> argv = new java.util.ArrayList<>(launch.argv());
    argv.set(0, launch.path());
    ProcessBuilder builder =
        new ProcessBuilder(argv).directory(new File(launch.cwd())).redirectErrorStream(true);
    builder.environment().clear();
    for (String entry : launch.env()) {
      int equals = entry.indexOf('=');
      if (equals > 0) {
        builder.environment().put(entry.substring(0, equals), entry.substring(equals + 1));
      }
    }
    Birth birth;
    try {
      birth = processes.expect(jail, fib, launch.path());
    } catch (KernelError e) {
      throw new IOException(e.text(), e); // the jail is dying
    }
    try {
      Process process = builder.start();
      birth.born(process.pid());
      return new PipedChild(process);
    } catch (IOException e) {
      birth.failed();
      throw e;
    }
  }

  @Override
  public long pid() {
    return process.pid();
  }

  @Override
  public OutputStream in() {
    return process.getOutputStream();
  }

  @Override
  public InputStream out() {
    return process.getInputStream();
  }

  @Override
  public int await() throws InterruptedException {
    return process.waitFor();
  }

  @Override
  public void kill() {
    process.destroy();
  }
}
