package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Listening sockets from somebody else: a real systemd-socket-activate, which starts forkd when the first client comes. */
@Timeout(120)
class SocketActivationIT {
    private static final String PRINT = "read line; echo $FORKD_LISTENER $PROTO $line; env | grep ^LISTEN";

    @TempDir
    private Path folder;

    @Test
    void allSocketsAreTakenWithTheirNames() throws Exception {
        List<String> wrapper = activation("--fdname=web:admin", "-l", path("a"), "-l", path("b"));
        try (ForkdServer server = ForkdServer.launchUnder(wrapper, "-l", "systemd", "--", "/bin/sh", "-c", PRINT)) {
            String answer = firstClient(server, path("a"));
            List<String> lines = server.await("listening", line -> line.startsWith("listening "), 2);
            assertEquals("unix:" + path("a"), Events.field(lines.get(0), "addr"));
            assertEquals("web", Events.field(lines.get(0), "name"));
            assertEquals("admin", Events.field(lines.get(1), "name"));
            assertEquals("web IPC first\n", answer, "the client that had forkd started, and no LISTEN_ variable");
            assertEquals("admin IPC second\n", nc("second", path("b")));
        }
    }

    @Test
    void theLaunchersPidIsTheOneThatTheSocketsWereGivenTo() throws Exception {
        int port = FreePort.next();
        List<String> wrapper = activation("-l", "127.0.0.1:" + port);
        try (ForkdServer server = ForkdServer.launchUnder(wrapper, "-l", "systemd,name=tcp,nodelay")) {
            server.await("the activator", line -> line.contains("Listening on"));
            assertEquals("hello\n", EchoIT.nc("hello\n", "127.0.0.1", port));
            String listening = server.await("listening", line -> line.startsWith("listening "));
            assertEquals("127.0.0.1:" + port, Events.field(listening, "addr"));
            assertEquals("tcp", Events.field(listening, "name"));
        }
    }

    @Test
    void oneOfThemByNameAndTheOtherIsWarnedOf() throws Exception {
        List<String> wrapper = activation("--fdname=web:admin", "-l", path("a"), "-l", path("b"));
        try (ForkdServer server =
                ForkdServer.launchUnder(wrapper, "-l", "systemd:admin", "--", "/bin/sh", "-c", PRINT)) {
            String answer = firstClient(server, path("b"));
            assertEquals("admin IPC first\n", answer);
            server.await(
                    "the warning",
                    line -> line.equals(
                            "warn message=\"nobody listens on descriptor 3 (web) of LISTEN_FDS; use -l systemd\""));
        }
    }

    /** The command opens files of its own while it starts; none of them may take a socket's number. */
    @Test
    void tenSocketsAllServe() throws Exception {
        List<String> wrapper = activation();
        for (int i = 0; i < 10; i++) {
            wrapper.addAll(List.of("-l", path("s" + i)));
        }
        try (ForkdServer server = ForkdServer.launchUnder(wrapper, "-l", "systemd", "--", "/bin/sh", "-c", PRINT)) {
            String answer = firstClient(server, path("s0"));
            assertEquals("unix:" + path("s0") + " IPC first\n", answer);
            for (int i = 1; i < 10; i++) {
                assertEquals("unix:" + path("s" + i) + " IPC x\n", nc("x", path("s" + i)));
            }
        }
    }

    @Test
    void aDescriptorByNumber() throws Exception {
        List<String> wrapper = activation("-l", path("a"));
        try (ForkdServer server =
                ForkdServer.launchUnder(wrapper, "-l", "fd:3,name=three", "--", "/bin/sh", "-c", PRINT)) {
            String answer = firstClient(server, path("a"));
            assertEquals("three IPC first\n", answer);
            assertTrue(server.log().stream().noneMatch(Events::isWarning), () -> "" + server.log());
        }
    }

    @Test
    void aListeningSocketOnStandardInput() throws Exception {
        List<String> wrapper = activation("--inetd", "-l", path("a"));
        try (ForkdServer server = ForkdServer.launchUnder(wrapper, "-l", "fd:0", "--", "/bin/sh", "-c", PRINT)) {
            String answer = firstClient(server, path("a"));
            assertEquals("unix:" + path("a") + " IPC first\n", answer);
            assertEquals("unix:" + path("a"), server.address(0));
        }
    }

    @Test
    void workersDoNotGetTheListeningSocket() throws Exception {
        List<String> wrapper = activation("-l", path("a"), "-l", path("b"));
        String print = "read line; ls -l /proc/self/fd | grep -c socket:";
        try (ForkdServer server = ForkdServer.launchUnder(wrapper, "-l", "systemd", "--", "/bin/sh", "-c", print)) {
            String answer = firstClient(server, path("a"));
            // ls has the connection on 0, and a pipe on 1.
            assertEquals("1\n", answer);
            assertEquals("unix:" + path("b"), server.address(1));
        }
    }

    @Test
    void withoutAServiceManagerItIsAUsageError() throws Exception {
        try (ForkdServer server = ForkdServer.launch("-l", "systemd")) {
            assertEquals(2, server.exitCode());
            assertTrue(
                    server.log()
                            .contains(
                                    "forkd: --listen systemd: no service manager has handed over a socket: LISTEN_FDS is not"
                                            + " set"),
                    () -> "" + server.log());
        }
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    private static List<String> activation(String... options) {
        List<String> command = new ArrayList<>(List.of("systemd-socket-activate", "-E", "JAVA_HOME"));
        command.addAll(List.of(options));
        return command;
    }

    /** The client whose connect has the server started, once somebody listens. */
    private static String firstClient(ForkdServer server, String path) throws Exception {
        server.await("the activator", line -> line.startsWith("Listening on " + path));
        return nc("first", path);
    }

    private static String nc(String line, String path) throws Exception {
        return Commands.runWithInput(line + "\n", "nc", "-N", "-U", path).output();
    }
}
