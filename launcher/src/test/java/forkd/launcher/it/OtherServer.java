package forkd.launcher.it;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * A server of somebody else's that starts a program for each connection, as it comes from Debian.
 *
 * @param name as the tests show it
 * @param like the options with which forkd does the same
 * @param own variables that tell of the server itself and not of the connection
 * @param command starts it in the foreground
 */
record OtherServer(String name, List<String> like, Set<String> own, Command command) {
    interface Command {
        List<String> line(int port, Path folder) throws IOException;
    }

    private static final String SCRIPT = Worker.SCRIPT.toString();

    /** Its environment has nothing else, so all else that a worker has is the server's doing. */
    private static final List<String> NOTHING = List.of("env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin");

    static List<OtherServer> all() {
        return List.of(
                // Without DNS; 0 is what it was told to call itself instead of asking.
                new OtherServer(
                        "tcpserver",
                        List.of(),
                        Set.of("TCPLOCALHOST"),
                        (port, folder) -> List.of("tcpserver", "-H", "-R", "-l", "0", "127.0.0.1", "" + port, SCRIPT)),
                new OtherServer("xinetd", List.of(), Set.of(), OtherServer::xinetd),
                new OtherServer(
                        "systemd, inetd",
                        List.of(),
                        Set.of(),
                        (port, folder) ->
                                List.of("systemd-socket-activate", "-a", "--inetd", "-l", "127.0.0.1:" + port, SCRIPT)),
                new OtherServer(
                        "systemd",
                        List.of("--descriptor", "listen"),
                        Set.of(),
                        (port, folder) -> List.of(
                                "systemd-socket-activate",
                                "-a",
                                "--fdname=connection",
                                "-l",
                                "127.0.0.1:" + port,
                                SCRIPT)),
                new OtherServer(
                        "socat",
                        List.of("--imitate", "socat"),
                        Set.of("SOCAT_PID", "SOCAT_PPID", "SOCAT_VERSION"),
                        (port, folder) -> List.of(
                                "socat",
                                "TCP-LISTEN:" + port + ",bind=127.0.0.1,reuseaddr,fork",
                                "EXEC:" + SCRIPT + ",nofork")),
                new OtherServer(
                        "ncat",
                        List.of("--imitate", "ncat"),
                        Set.of(),
                        (port, folder) -> List.of("ncat", "-lk", "127.0.0.1", "" + port, "-e", SCRIPT)));
    }

    private static List<String> xinetd(int port, Path folder) throws IOException {
        Path configuration = Files.writeString(
                folder.resolve("xinetd.conf"), """
                service contract
                {
                    type = UNLISTED
                    bind = 127.0.0.1
                    port = %d
                    socket_type = stream
                    protocol = tcp
                    wait = no
                    user = %s
                    server = %s
                }
                """.formatted(port, System.getProperty("user.name"), SCRIPT));
        return List.of(
                "xinetd",
                "-dontfork",
                "-f",
                configuration.toString(),
                "-filelog",
                folder.resolve("xinetd.log").toString(),
                "-pidfile",
                folder.resolve("xinetd.pid").toString());
    }

    /** What a worker of this server is given. */
    Worker worker(Path folder) throws IOException, InterruptedException {
        int port = FreePort.next();
        List<String> line = new ArrayList<>(NOTHING);
        line.addAll(command.line(port, folder));
        Path log = folder.resolve("log");
        Process process = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try (Socket client = connect(port, process, log)) {
            return Worker.ask(client);
        } finally {
            process.destroy();
            process.waitFor();
        }
    }

    /** Waits until it listens. */
    private static Socket connect(int port, Process process, Path log) throws IOException {
        long deadline = System.nanoTime() + ForkdServer.PATIENCE.toNanos();
        while (true) {
            try {
                Socket client = new Socket(InetAddress.getLoopbackAddress(), port);
                client.setSoTimeout((int) ForkdServer.PATIENCE.toMillis());
                return client;
            } catch (ConnectException e) {
                if (!process.isAlive() || System.nanoTime() > deadline) {
                    throw new AssertionError("it does not listen: " + Files.readString(log), e);
                }
                LockSupport.parkNanos(10_000_000);
            }
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
