package forkd.launcher.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import forkd.posix.Fd;
import forkd.posix.InetAddr;
import forkd.posix.Posix;
import forkd.posix.SocketType;
import forkd.posix.Sockets;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Which descriptors are meant, from the variables. Descriptors from 3 on belong to the JVM here, so what is really handed over is tested
 * with systemd-socket-activate.
 */
class InheritedSocketsTest {
    private static final int PID = 4711;

    @Test
    void aListeningDescriptorIsAdopted() throws IOException {
        Fd socket = listening();
        int number = socket.number();
        try (Listener listener = open("fd:" + number + ",name=web,nodelay,backlog=3", sockets(Map.of()))) {
            socket.release();
            assertEquals("web", listener.name());
            assertTrue(listener.address().startsWith("127.0.0.1:"), listener.address());
            assertEquals(Optional.empty(), listener.accept(), "it does not block");
        }
    }

    @Test
    void aDescriptorThatIsNotOpenIsTold() {
        assertEquals(
                "--listen fd:999999: no descriptor 999999 is open; the process that starts forkd has to leave it open",
                refusal("fd:999999"));
    }

    @Test
    void aSocketThatDoesNotListenIsTold() throws IOException {
        try (Fd socket = Sockets.socket(Sockets.AF_INET, SocketType.SOCK_STREAM)) {
            int n = socket.number();
            assertEquals(
                    "--listen fd:" + n + ": descriptor " + n
                            + " is a socket that does not listen; a connected one belongs to a worker (systemd: Accept=no)",
                    refusal("fd:" + n));
        }
    }

    @Test
    void aFileIsNoSocket() throws IOException {
        try (Fd file = Posix.open("/dev/null")) {
            int n = file.number();
            assertEquals("--listen fd:" + n + ": descriptor " + n + " is no socket", refusal("fd:" + n));
        }
    }

    @Test
    void aSocketOfPacketsIsNoStream() throws IOException {
        try (Fd socket = Sockets.socket(Sockets.AF_UNIX, SocketType.SOCK_SEQPACKET)) {
            Sockets.bind(socket, new forkd.posix.UnixAddr("@forkd-test-" + Posix.getpid()));
            Sockets.listen(socket, 1);
            int n = socket.number();
            assertEquals("--listen fd:" + n + ": descriptor " + n + " is no stream socket", refusal("fd:" + n));
        }
    }

    @Test
    void oneDescriptorIsForOneListener() throws IOException {
        try (Fd socket = listening()) {
            InheritedSockets sockets = sockets(Map.of());
            InheritedDescriptor asked = new InheritedDescriptor(socket.number());
            sockets.descriptor(asked);

            ListenException e = assertThrows(ListenException.class, () -> sockets.descriptor(asked));

            assertEquals(
                    "--listen " + asked + ": descriptor " + asked.number() + " is used by another --listen",
                    e.getMessage());
        }
    }

    @Test
    void tcpOptionsAreNotForAnInheritedUnixSocket() throws IOException {
        try (Fd socket = Sockets.socket(Sockets.AF_UNIX, SocketType.SOCK_STREAM)) {
            Sockets.bind(socket, new forkd.posix.UnixAddr("@forkd-test2-" + Posix.getpid()));
            Sockets.listen(socket, 1);
            assertEquals(
                    "--listen fd:" + socket.number() + ": nodelay and keepalive are for TCP, and this is a Unix socket",
                    refusal("fd:" + socket.number() + ",nodelay"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "||no service manager has handed over a socket: LISTEN_FDS is not set",
                "LISTEN_FDS=1||the sockets were given to another process: LISTEN_PID is not set, and this is 4711",
                "LISTEN_FDS=1|LISTEN_PID=1|the sockets were given to another process: LISTEN_PID is 1, and this is 4711",
                "LISTEN_FDS=0|LISTEN_PID=4711|no socket was handed over: LISTEN_FDS=0, LISTEN_FDNAMES=",
                "LISTEN_FDS=x|LISTEN_PID=4711|no socket was handed over: LISTEN_FDS=x, LISTEN_FDNAMES=",
                "LISTEN_FDS=-1|LISTEN_PID=4711|no socket was handed over: LISTEN_FDS=-1, LISTEN_FDNAMES="
            })
    void whatTheManagerDidNotHandOverIsTold(String fds, String pid, String why) {
        Map<String, String> environment = new java.util.HashMap<>();
        for (String variable : new String[] {fds, pid}) {
            if (variable != null) {
                environment.put(variable.split("=", -1)[0], variable.split("=", -1)[1]);
            }
        }
        ListenException e = assertThrows(
                ListenException.class, () -> sockets(environment).systemd(new SystemdSockets(Optional.empty())));

        assertEquals("--listen systemd: " + why, e.getMessage());
    }

    @Test
    void aNameThatIsNotThereIsTold() {
        InheritedSockets sockets =
                sockets(Map.of("LISTEN_FDS", "2", "LISTEN_PID", "4711", "LISTEN_FDNAMES", "web:admin"));

        ListenException e =
                assertThrows(ListenException.class, () -> sockets.systemd(new SystemdSockets(Optional.of("wep"))));

        assertEquals(
                "--listen systemd:wep: no socket was handed over under that name: LISTEN_FDS=2, LISTEN_FDNAMES=web:admin",
                e.getMessage());
    }

    @Test
    void whatNobodyListensOnIsNamed() {
        assertEquals(
                List.of(
                        "nobody listens on descriptor 3 (web) of LISTEN_FDS; use -l systemd",
                        "nobody listens on descriptor 4 (unknown) of LISTEN_FDS; use -l systemd"),
                sockets(Map.of("LISTEN_FDS", "2", "LISTEN_PID", "4711", "LISTEN_FDNAMES", "web"))
                        .unused());
        assertEquals(
                List.of(), sockets(Map.of("LISTEN_FDS", "2", "LISTEN_PID", "1")).unused());
    }

    private static InheritedSockets sockets(Map<String, String> environment) {
        return new InheritedSockets(environment, PID);
    }

    private static Listener open(String spec, InheritedSockets sockets) throws IOException {
        return Listeners.open(List.of(ListenSpec.parse(spec)), 16, sockets).get(0);
    }

    private static String refusal(String spec) {
        return assertThrows(ListenException.class, () -> open(spec, sockets(Map.of())))
                .getMessage();
    }

    private static Fd listening() throws IOException {
        Fd socket = Sockets.socket(Sockets.AF_INET, SocketType.SOCK_STREAM);
        Sockets.bind(socket, InetAddr.of(new byte[] {127, 0, 0, 1}, 0));
        Sockets.listen(socket, 1);
        return socket;
    }
}
