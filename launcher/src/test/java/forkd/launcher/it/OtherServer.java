package forkd.launcher.it;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
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
 * @param over what it listens on
 * @param like the options with which forkd does the same
 * @param own variables that tell of the server itself and not of the connection
 * @param command starts it in the foreground
 */
record OtherServer(String name, Over over, List<String> like, Set<String> own, Command command) {
    /** What connections come over; its own value of forkd's --listen, where a folder of the test's stands for %s. */
    enum Over {
        IPV4("127.0.0.1:0", "127.0.0.1"),
        IPV6("[::1]:0", "::1"),
        UNIX("unix:%s/ours", "");

        private final String listen;
        private final String host;

        Over(String listen, String host) {
            this.listen = listen;
            this.host = host;
        }

        /** Of TCP. */
        InetAddress host() throws IOException {
            return InetAddress.getByName(host);
        }

        String listen(Path folder) {
            return String.format(listen, folder);
        }
    }

    /** Where it is to listen. */
    private record Place(Over over, int port, Path folder) {
        /** As most programs write it. */
        String address() {
            return over == Over.UNIX ? path().toString() : (over == Over.IPV6 ? "[::1]:" : "127.0.0.1:") + port;
        }

        String host() {
            return over.host;
        }

        Path path() {
            return folder.resolve("theirs");
        }

        SocketAddress socket() throws IOException {
            return over == Over.UNIX ? UnixDomainSocketAddress.of(path()) : new InetSocketAddress(over.host(), port);
        }
    }

    private interface Command {
        List<String> line(Place place) throws IOException;
    }

    private static final String SCRIPT = Worker.SCRIPT.toString();

    /** Its environment has nothing else, so all else that a worker has is the server's doing. */
    private static final List<String> NOTHING = List.of("env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin");

    static List<OtherServer> all() {
        List<OtherServer> all = new ArrayList<>();
        // Without DNS; 0 is what it was told to call itself instead of asking. It knows IPv4 only.
        all.add(new OtherServer(
                "tcpserver",
                Over.IPV4,
                List.of(),
                Set.of("TCPLOCALHOST"),
                place -> List.of("tcpserver", "-H", "-R", "-l", "0", place.host(), "" + place.port(), SCRIPT)));
        for (Over over : List.of(Over.IPV4, Over.IPV6)) {
            all.add(new OtherServer("xinetd", over, List.of(), Set.of(), OtherServer::xinetd));
        }
        for (Over over : Over.values()) {
            all.add(new OtherServer(
                    "systemd, inetd",
                    over,
                    List.of(),
                    Set.of(),
                    place -> List.of("systemd-socket-activate", "-a", "--inetd", "-l", place.address(), SCRIPT)));
            all.add(new OtherServer(
                    "systemd",
                    over,
                    List.of("--descriptor", "listen"),
                    Set.of(),
                    place -> List.of(
                            "systemd-socket-activate", "-a", "--fdname=connection", "-l", place.address(), SCRIPT)));
            all.add(new OtherServer(
                    "socat",
                    over,
                    List.of("--imitate", "socat"),
                    Set.of("SOCAT_PID", "SOCAT_PPID", "SOCAT_VERSION"),
                    OtherServer::socat));
            all.add(new OtherServer("ncat", over, List.of("--imitate", "ncat"), Set.of(), OtherServer::ncat));
        }
        return all;
    }

    private static List<String> socat(Place place) {
        String listen = switch (place.over()) {
            case IPV4 -> "TCP-LISTEN:" + place.port() + ",bind=127.0.0.1,reuseaddr,fork";
            case IPV6 -> "TCP6-LISTEN:" + place.port() + ",bind=[::1],reuseaddr,fork";
            case UNIX -> "UNIX-LISTEN:" + place.path() + ",fork";
        };
        return List.of("socat", listen, "EXEC:" + SCRIPT + ",nofork");
    }

    private static List<String> ncat(Place place) {
        return place.over() == Over.UNIX
                ? List.of("ncat", "-lkU", place.path().toString(), "-e", SCRIPT)
                : List.of("ncat", "-lk", place.host(), "" + place.port(), "-e", SCRIPT);
    }

    private static List<String> xinetd(Place place) throws IOException {
        Path folder = place.folder();
        Path configuration = Files.writeString(folder.resolve("xinetd.conf"), """
                service contract
                {
                    type = UNLISTED
                    flags = %s
                    bind = %s
                    port = %d
                    socket_type = stream
                    protocol = tcp
                    wait = no
                    user = %s
                    server = %s
                }
                """.formatted(
                        place.over() == Over.IPV6 ? "IPv6" : "IPv4",
                        place.host(),
                        place.port(),
                        System.getProperty("user.name"),
                        SCRIPT));
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
        Place place = new Place(over, over == Over.UNIX ? 0 : FreePort.next(), folder);
        List<String> line = new ArrayList<>(NOTHING);
        line.addAll(command.line(place));
        Path log = folder.resolve("log");
        Process process = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try (Client client = connect(place, process, log)) {
            return Worker.ask(client);
        } finally {
            process.destroy();
            process.waitFor();
        }
    }

    /** Waits until it listens. */
    private static Client connect(Place place, Process process, Path log) throws IOException {
        long deadline = System.nanoTime() + ForkdServer.PATIENCE.toNanos();
        while (true) {
            try {
                return Client.of(place.socket());
            } catch (SocketException e) { // ConnectException, or that there is no such file yet
                if (!process.isAlive() || System.nanoTime() > deadline) {
                    throw new AssertionError("it does not listen: " + Files.readString(log), e);
                }
                LockSupport.parkNanos(10_000_000);
            }
        }
    }

    @Override
    public String toString() {
        return name + " over " + over;
    }
}
