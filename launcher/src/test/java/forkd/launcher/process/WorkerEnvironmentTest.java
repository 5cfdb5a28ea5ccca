package forkd.launcher.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import forkd.posix.Fd;
import forkd.posix.InetAddr;
import forkd.posix.Posix;
import forkd.posix.SocketPair;
import forkd.posix.SocketType;
import forkd.posix.UnixAddr;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WorkerEnvironmentTest {
    private static final InetAddr PEER = InetAddr.of(new byte[] {(byte) 192, 0, 2, 1}, 53_412);

    @Test
    void aTcpConnectionIsDescribedAsUcspiAndInetdDoIt() throws IOException {
        try (Fd socket = Posix.socket(Posix.AF_INET, SocketType.SOCK_STREAM)) {
            Posix.bind(socket, InetAddr.of(new byte[] {127, 0, 0, 1}, 0));
            int port = ((InetAddr) Posix.getsockname(socket)).port();

            List<String> variables =
                    new WorkerEnvironment(Map.of()).of(new Incoming(7, socket, PEER, "127.0.0.1:" + port, 0));

            assertEquals(
                    List.of(
                            "FORKD_CONNECTION_ID=7",
                            "FORKD_LISTENER=127.0.0.1:" + port,
                            "PROTO=TCP",
                            "TCPREMOTEIP=192.0.2.1",
                            "TCPREMOTEPORT=53412",
                            "TCPLOCALIP=127.0.0.1",
                            "TCPLOCALPORT=" + port,
                            "REMOTE_ADDR=192.0.2.1",
                            "REMOTE_PORT=53412"),
                    variables);
        }
    }

    @Test
    void aUnixConnectionHasNoAddresses() throws IOException {
        assertEquals(
                List.of("FORKD_CONNECTION_ID=7", "FORKD_LISTENER=unix:/run/x.sock", "PROTO=IPC"),
                ofUnixConnection(Map.of()));
    }

    @Test
    void pathLanguageAndTimeZoneArePassedOn() throws IOException {
        List<String> variables = ofUnixConnection(
                Map.of("PATH", "/bin", "TZ", "UTC", "LANG", "C", "LC_ALL", "C.UTF-8", "LC_CTYPE", "C.UTF-8"));

        assertEquals(
                List.of("PATH=/bin", "TZ=UTC", "LANG=C", "LC_ALL=C.UTF-8", "LC_CTYPE=C.UTF-8"),
                variables.subList(0, 5));
    }

    @Test
    void nothingElseOfTheLaunchersIsPassedOn() throws IOException {
        Map<String, String> own =
                Map.of("HOME", "/root", "SECRET", "x", "LD_PRELOAD", "y", "JAVA_TOOL_OPTIONS", "z", "PROTO", "old");

        assertEquals(ofUnixConnection(Map.of()), ofUnixConnection(own));
    }

    private static List<String> ofUnixConnection(Map<String, String> own) throws IOException {
        try (SocketPair pair = Posix.socketpair(SocketType.SOCK_STREAM)) {
            return new WorkerEnvironment(own)
                    .of(new Incoming(7, pair.first(), UnixAddr.UNNAMED, "unix:/run/x.sock", 0));
        }
    }
}
