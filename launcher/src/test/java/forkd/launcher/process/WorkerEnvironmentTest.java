package forkd.launcher.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import forkd.posix.Errno;
import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.InetAddr;
import forkd.posix.PeerCredentials;
import forkd.posix.SocketPair;
import forkd.posix.SocketType;
import forkd.posix.Sockets;
import forkd.posix.UnixAddr;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WorkerEnvironmentTest {
    private static final InetAddr PEER = InetAddr.of(new byte[] {(byte) 192, 0, 2, 1}, 53_412);
    private static final InetAddr LOCAL = InetAddr.of(new byte[] {(byte) 192, 0, 2, 2}, 7000);
    private static final WorkerEnvironment PLAIN = WorkerEnvironment.plain(Map.of());

    @Test
    void aTcpConnectionIsDescribedAsUcspiAndInetdDoIt() throws IOException {
        try (Fd socket = Sockets.socket(Sockets.AF_INET, SocketType.SOCK_STREAM)) {
            assertEquals(
                    List.of(
                            "FORKD_CONNECTION_ID=7",
                            "FORKD_LISTENER=web",
                            "PROTO=TCP",
                            "TCPREMOTEIP=192.0.2.1",
                            "TCPREMOTEPORT=53412",
                            "REMOTE_ADDR=192.0.2.1",
                            "REMOTE_HOST=192.0.2.1",
                            "REMOTE_PORT=53412",
                            "TCPLOCALIP=192.0.2.2",
                            "TCPLOCALPORT=7000",
                            "TCPCONNNUM=3"),
                    PLAIN.of(tcp(socket).withOfSource(3)));
        }
    }

    @Test
    void aUnixConnectionIsDescribedByWhoConnected() throws IOException {
        try (SocketPair pair = Sockets.socketpair(SocketType.SOCK_STREAM)) {
            PeerCredentials own = Sockets.peerCredentials(pair.first());
            Incoming connection = new Incoming(7, pair.first(), UnixAddr.UNNAMED, "unix:/run/x.sock", 0)
                    .withLocal(new UnixAddr("/run/x.sock"))
                    .withOfSource(1);

            assertEquals(
                    List.of(
                            "FORKD_CONNECTION_ID=7",
                            "FORKD_LISTENER=unix:/run/x.sock",
                            "PROTO=IPC",
                            "IPCREMOTEPATH=",
                            "IPCLOCALPATH=/run/x.sock",
                            "IPCREMOTEEUID=" + own.uid(),
                            "IPCREMOTEEGID=" + own.gid(),
                            "IPCCONNNUM=1"),
                    PLAIN.of(connection));
        }
    }

    @Test
    void aNameOfAClientsHoldsNoControlCharacter() throws IOException {
        try (SocketPair pair = Sockets.socketpair(SocketType.SOCK_STREAM)) {
            Incoming connection = new Incoming(7, pair.first(), new UnixAddr("@a\0b\n"), "x", 0);

            assertTrue(PLAIN.of(connection).contains("IPCREMOTEPATH=@a\\x00b\\x0a"), () -> "" + connection);
        }
    }

    @Test
    void pathLanguageAndTimeZoneArePassedOnAndNothingElse() {
        Map<String, String> own = Map.of(
                "PATH",
                "/bin",
                "TZ",
                "UTC",
                "LANG",
                "C",
                "LC_ALL",
                "C.UTF-8",
                "LC_CTYPE",
                "C.UTF-8",
                "HOME",
                "/root",
                "LD_PRELOAD",
                "y",
                "JAVA_TOOL_OPTIONS",
                "z",
                "PROTO",
                "old");

        assertEquals(
                List.of("PATH=/bin", "TZ=UTC", "LANG=C", "LC_ALL=C.UTF-8", "LC_CTYPE=C.UTF-8"),
                WorkerEnvironment.plain(own).common());
    }

    @Test
    void theOperatorPassesAndSets() {
        WorkerEnvironment environment = new WorkerEnvironment(
                Map.of("HOME", "/root", "LANG", "C"),
                List.of("HOME", "ABSENT"),
                Map.of("LANG", "de_DE.UTF-8"),
                Set.of());

        assertEquals(List.of("LANG=de_DE.UTF-8", "HOME=/root"), environment.common());
    }

    @Test
    void rulesWinOverTheOperatorAndTheContractOverRules() throws IOException {
        WorkerEnvironment environment = new WorkerEnvironment(Map.of(), List.of(), Map.of("A", "operator"), Set.of());
        try (Fd socket = Sockets.socket(Sockets.AF_INET, SocketType.SOCK_STREAM)) {
            List<String> variables =
                    environment.of(tcp(socket).withVariables(List.of("A=rule", "C=1", "C=2", "PROTO=forged")));

            assertEquals(List.of("A=rule", "C=2", "PROTO=TCP"), variables.subList(0, 3));
        }
    }

    @Test
    void aServersOwnNamesAreImitated() throws IOException {
        WorkerEnvironment environment =
                new WorkerEnvironment(Map.of(), List.of(), Map.of(), Set.of(Imitation.SOCAT, Imitation.NCAT));
        try (Fd socket = Sockets.socket(Sockets.AF_INET, SocketType.SOCK_STREAM)) {
            List<String> variables = environment.of(tcp(socket));

            assertTrue(variables.contains("SOCAT_PEERADDR=192.0.2.1"), () -> "" + variables);
            assertTrue(variables.contains("NCAT_LOCAL_PORT=7000"), () -> "" + variables);
            variables.forEach(one -> assertTrue(WorkerEnvironment.isReserved(one.substring(0, one.indexOf('='))), one));
        }
    }

    @Test
    void socatWritesIpv6InFull() {
        InetAddr six = InetAddr.of(new byte[] {0x20, 1, 13, (byte) 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 1);

        assertEquals(
                "SOCAT_PEERADDR=[2001:0db8:0000:0000:0000:0000:0000:0001]",
                Imitation.SOCAT.variables(six, six).get(0));
    }

    @Test
    void socatTellsTheNamesOfUnixSockets() {
        assertEquals(
                List.of("SOCAT_PEERADDR=<anon>", "SOCAT_SOCKADDR=/run/s"),
                Imitation.SOCAT.variables(UnixAddr.UNNAMED, new UnixAddr("/run/s")));
        assertEquals(
                List.of("SOCAT_PEERADDR=/a\\x0ab", "SOCAT_SOCKADDR=\\0name"),
                Imitation.SOCAT.variables(new UnixAddr("/a\nb"), new UnixAddr("@name")));
    }

    @Test
    void whatDoesNotFitIsRefusedAndSoIsWhatIsNoVariable() throws IOException {
        try (Fd socket = Sockets.socket(Sockets.AF_INET, SocketType.SOCK_STREAM)) {
            Incoming connection = tcp(socket);
            List<String> many = new ArrayList<>();
            for (int i = 0; i < 512; i++) {
                many.add("N" + i + "=");
            }

            assertEquals(Errno.E2BIG, refusal(connection.withVariables(List.of("A=" + "x".repeat(40_000)))));
            assertEquals(Errno.E2BIG, refusal(connection.withVariables(many)));
            assertEquals(Errno.EINVAL, refusal(connection.withVariables(List.of("no variable"))));
            assertEquals(Errno.EINVAL, refusal(connection.withVariables(List.of("=x"))));
            assertEquals(Errno.EINVAL, refusal(connection.withVariables(List.of("A=\0"))));
        }
    }

    @Test
    void onlyWhatTheContractSetsIsReserved() {
        for (String name : List.of("PROTO", "TCPREMOTEIP", "IPCREMOTEEUID", "REMOTE_HOST", "LISTEN_FDS", "FORKD_X")) {
            assertTrue(WorkerEnvironment.isReserved(name), name);
        }
        for (String name : List.of("TCPREMOTEHOST", "TCPREMOTEINFO", "REMOTE_USER", "PATH", "SOCAT_VERSION")) {
            assertFalse(WorkerEnvironment.isReserved(name), name);
        }
    }

    private static Errno refusal(Incoming connection) {
        return assertThrows(ErrnoException.class, () -> PLAIN.of(connection)).errno();
    }

    private static Incoming tcp(Fd socket) {
        return new Incoming(7, socket, PEER, "web", 0).withLocal(LOCAL);
    }
}
