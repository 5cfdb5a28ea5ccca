package forkd.posix;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** socket(2) to shutdown(2) against the kernel. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SocketsTest {
    private static final int SO_TYPE = 3;
    private static final int NO_SUCH_OPTION = 9999;

    @TempDir
    private Path folder;

    @Test
    void ipv4ClientAndServerTalk() throws IOException {
        assertTalk(TestSockets.loopback());
    }

    @Test
    void ipv6ClientAndServerTalk() throws IOException {
        assertTalk(TestSockets.loopback6());
    }

    @Test
    void clientAndServerTalkOverAUnixPath() throws IOException {
        assertTalk(path());
    }

    @Test
    void clientAndServerTalkOverAnAbstractName() throws IOException {
        assertTalk(abstractName());
    }

    @Test
    void portZeroBecomesARealPort() throws IOException {
        try (Fd listener = TestSockets.listener(TestSockets.loopback())) {
            InetAddr bound = assertInstanceOf(InetAddr.class, Sockets.getsockname(listener));

            assertNotEquals(0, bound.port());
            assertEquals("127.0.0.1", bound.host());
        }
    }

    @Test
    void acceptTellsThePeersAddress() throws IOException {
        try (Fd listener = TestSockets.listener(TestSockets.loopback());
                Fd client = TestSockets.connected(listener)) {
            AcceptedConnection connection = TestSockets.accepted(listener);

            try (Fd socket = connection.socket()) {
                assertEquals(Sockets.getsockname(client), connection.peer());
                assertEquals(Sockets.getpeername(socket), connection.peer());
                assertEquals(Sockets.getpeername(client), Sockets.getsockname(socket));
            }
        }
    }

    @Test
    void anUnboundUnixClientIsUnnamed() throws IOException {
        try (Fd listener = TestSockets.listener(path());
                Fd client = TestSockets.connected(listener)) {
            AcceptedConnection connection = TestSockets.accepted(listener);
            connection.socket().close();

            assertEquals(UnixAddr.UNNAMED, connection.peer());
            assertEquals(UnixAddr.UNNAMED, Sockets.getsockname(client));
        }
    }

    @Test
    void aUnixSocketsNameIsThePathThatWasBound() throws IOException {
        UnixAddr path = path();
        try (Fd listener = TestSockets.listener(path)) {
            assertEquals(path, Sockets.getsockname(listener));
        }
    }

    @Test
    void anIpv4ClientOfADualStackListenerHasAnIpv4Address() throws IOException {
        TestSockets.loopback6();
        try (Fd listener = Sockets.nonBlockingSocket(Sockets.AF_INET6, SocketType.SOCK_STREAM)) {
            Sockets.setsockopt(listener, Sockets.IPPROTO_IPV6, Sockets.IPV6_V6ONLY, 0);
            Sockets.bind(listener, InetAddr.of(new byte[16], 0));
            Sockets.listen(listener, 1);
            int port = ((InetAddr) Sockets.getsockname(listener)).port();
            try (Fd client = Sockets.socket(Sockets.AF_INET, SocketType.SOCK_STREAM)) {
                Sockets.connect(client, InetAddr.of(new byte[] {127, 0, 0, 1}, port));

                AcceptedConnection connection = TestSockets.accepted(listener);
                connection.socket().close();

                assertEquals(Sockets.getsockname(client), connection.peer());
                assertEquals(Sockets.AF_INET, connection.peer().family());
            }
        }
    }

    @Test
    void acceptOfANonBlockingListenerIsEmptyWhereNobodyWaits() throws IOException {
        try (Fd listener = TestSockets.listener(TestSockets.loopback())) {
            assertEquals(Optional.empty(), Sockets.accept(listener));
        }
    }

    @Test
    void anAcceptedConnectionBlocksThoughItsListenerDoesNot() throws IOException {
        try (Fd listener = TestSockets.listener(TestSockets.loopback());
                Fd client = TestSockets.connected(listener);
                Fd socket = TestSockets.accepted(listener).socket()) {
            Thread later = new Thread(() -> {
                try {
                    TestSockets.send(client, "late");
                } catch (ErrnoException e) {
                    throw new IllegalStateException(e);
                }
            });
            later.start();

            assertEquals("late", TestSockets.receive(socket));
        }
    }

    @Test
    void everySocketIsCloseOnExec() throws IOException {
        try (Fd listener = TestSockets.listener(TestSockets.loopback());
                Fd client = TestSockets.connected(listener);
                Fd accepted = TestSockets.accepted(listener).socket()) {
            assertTrue(Descriptors.isCloseOnExec(listener), "non-blocking socket");
            assertTrue(Descriptors.isCloseOnExec(client), "socket");
            assertTrue(Descriptors.isCloseOnExec(accepted), "accepted");
        }
    }

    @Test
    void readTellsTheEndOfFile() throws IOException {
        try (Fd listener = TestSockets.listener(TestSockets.loopback());
                Fd client = TestSockets.connected(listener);
                Fd socket = TestSockets.accepted(listener).socket()) {
            client.close();

            assertEquals(-1, Posix.read(socket, new byte[1], 0, 1));
        }
    }

    @Test
    void readOfNothingIsNoEndOfFile() throws IOException {
        try (SocketPair pair = Sockets.socketpair(SocketType.SOCK_STREAM)) {
            pair.second().close();

            assertEquals(0, Posix.read(pair.first(), new byte[0], 0, 0));
        }
    }

    @Test
    void readFillsOnlyTheAskedPartOfTheBuffer() throws IOException {
        try (SocketPair pair = Sockets.socketpair(SocketType.SOCK_STREAM)) {
            TestSockets.send(pair.first(), "abcdef");
            byte[] buffer = "........".getBytes(US_ASCII);

            int n = Posix.read(pair.second(), buffer, 2, 3);

            assertEquals(3, n);
            assertEquals("..abc...", new String(buffer, US_ASCII));
        }
    }

    @Test
    void aWriteOfMegabytesIsWrittenToItsEnd() throws IOException, InterruptedException {
        String text = "0123456789abcdef".repeat(256 * 1024);
        try (SocketPair pair = Sockets.socketpair(SocketType.SOCK_STREAM)) {
            Thread writer = new Thread(() -> {
                try (Fd end = pair.first()) {
                    TestSockets.send(end, text);
                } catch (ErrnoException e) {
                    throw new IllegalStateException(e);
                }
            });
            writer.start();

            assertEquals(text, TestSockets.receiveAll(pair.second()));
            writer.join();
        }
    }

    @Test
    void afterAHalfCloseTheOtherDirectionGoesOn() throws IOException {
        try (Fd listener = TestSockets.listener(TestSockets.loopback());
                Fd client = TestSockets.connected(listener);
                Fd server = TestSockets.accepted(listener).socket()) {
            TestSockets.send(client, "question");
            Sockets.shutdown(client, Sockets.SHUT_WR);

            assertEquals("question", TestSockets.receiveAll(server));
            TestSockets.send(server, "answer");
            server.close();
            assertEquals("answer", TestSockets.receiveAll(client));
        }
    }

    @Test
    void aSocketOptionIsReadAsItWasSet() throws IOException {
        try (Fd socket = Sockets.socket(Sockets.AF_INET, SocketType.SOCK_STREAM)) {
            assertEquals(0, Sockets.getsockopt(socket, Sockets.SOL_SOCKET, Sockets.SO_REUSEADDR));

            Sockets.setsockopt(socket, Sockets.SOL_SOCKET, Sockets.SO_REUSEADDR, 1);

            assertEquals(1, Sockets.getsockopt(socket, Sockets.SOL_SOCKET, Sockets.SO_REUSEADDR));
        }
    }

    @Test
    void theTypeIsTheOneThatWasAskedFor() throws IOException {
        for (SocketType type : SocketType.values()) {
            try (Fd socket = Sockets.socket(Sockets.AF_UNIX, type)) {
                assertEquals(type.number(), Sockets.getsockopt(socket, Sockets.SOL_SOCKET, SO_TYPE));
            }
        }
    }

    @Test
    void bindToAPortInUseNamesTheAddress() throws IOException {
        try (Fd listener = TestSockets.listener(TestSockets.loopback());
                Fd second = Sockets.socket(Sockets.AF_INET, SocketType.SOCK_STREAM)) {
            SocketAddr taken = Sockets.getsockname(listener);

            ErrnoException e = assertFails(Errno.EADDRINUSE, () -> Sockets.bind(second, taken));

            assertEquals("bind(" + taken + ") failed: EADDRINUSE (Address already in use)", e.getMessage());
        }
    }

    @Test
    void bindToSomebodyElsesAddressFails() throws IOException {
        InetAddr documentation = new InetAddr(InetAddress.getByName("192.0.2.1"), 0);
        try (Fd socket = Sockets.socket(Sockets.AF_INET, SocketType.SOCK_STREAM)) {
            assertFails(Errno.EADDRNOTAVAIL, () -> Sockets.bind(socket, documentation));
        }
    }

    @Test
    void bindIntoAMissingFolderFails() throws IOException {
        UnixAddr address = new UnixAddr(folder.resolve("missing/x.sock").toString());
        try (Fd socket = Sockets.socket(Sockets.AF_UNIX, SocketType.SOCK_STREAM)) {
            assertFails(Errno.ENOENT, () -> Sockets.bind(socket, address));
        }
    }

    @Test
    void connectIsRefusedWhereNobodyListens() throws IOException {
        try (Fd bound = Sockets.socket(Sockets.AF_INET, SocketType.SOCK_STREAM);
                Fd client = Sockets.socket(Sockets.AF_INET, SocketType.SOCK_STREAM)) {
            Sockets.bind(bound, TestSockets.loopback());
            SocketAddr address = Sockets.getsockname(bound);

            ErrnoException e = assertFails(Errno.ECONNREFUSED, () -> Sockets.connect(client, address));

            assertEquals("connect(" + address + ") failed: ECONNREFUSED (Connection refused)", e.getMessage());
        }
    }

    @Test
    void connectToAMissingPathFails() throws IOException {
        UnixAddr missing = path();
        try (Fd client = Sockets.socket(Sockets.AF_UNIX, SocketType.SOCK_STREAM)) {
            ErrnoException e = assertFails(Errno.ENOENT, () -> Sockets.connect(client, missing));

            assertEquals("connect(" + missing + ")", e.call());
        }
    }

    @Test
    void aSocketOfAnUnknownFamilyFails() {
        ErrnoException e = assertFails(Errno.EAFNOSUPPORT, () -> Sockets.socket(12_345, SocketType.SOCK_STREAM));

        assertEquals("socket(family 12345)", e.call());
    }

    @Test
    void listenOnAPipeFails() throws IOException {
        try (Pipe pipe = Posix.pipe()) {
            assertFails(Errno.ENOTSOCK, () -> Sockets.listen(pipe.readEnd(), 1));
        }
    }

    @Test
    void acceptOfASocketThatDoesNotListenFails() throws IOException {
        try (Fd socket = Sockets.socket(Sockets.AF_INET, SocketType.SOCK_STREAM)) {
            assertFails(Errno.EINVAL, () -> Sockets.accept(socket));
        }
    }

    @Test
    void anUnconnectedSocketHasNoPeer() throws IOException {
        try (Fd socket = Sockets.socket(Sockets.AF_INET, SocketType.SOCK_STREAM)) {
            assertFails(Errno.ENOTCONN, () -> Sockets.getpeername(socket));
            assertFails(Errno.ENOTCONN, () -> Sockets.shutdown(socket, Sockets.SHUT_WR));
        }
    }

    @Test
    void anUnknownOptionFails() throws IOException {
        try (Fd socket = Sockets.socket(Sockets.AF_INET, SocketType.SOCK_STREAM)) {
            assertFails(Errno.ENOPROTOOPT, () -> Sockets.setsockopt(socket, Sockets.SOL_SOCKET, NO_SUCH_OPTION, 1));
            assertFails(Errno.ENOPROTOOPT, () -> Sockets.getsockopt(socket, Sockets.SOL_SOCKET, NO_SUCH_OPTION));
        }
    }

    @Test
    void aNumberThatIsNoDescriptorFails() {
        Fd none = new Fd(1_000_000_000);

        assertFails(Errno.EBADF, () -> Sockets.getsockname(none));
        assertFails(Errno.EBADF, () -> Posix.read(none, new byte[1], 0, 1));
    }

    @Test
    void aClosedDescriptorNeverReachesTheKernel() throws IOException {
        Fd socket = Sockets.socket(Sockets.AF_INET, SocketType.SOCK_STREAM);
        socket.close();

        assertThrows(IllegalStateException.class, () -> Sockets.listen(socket, 1));
    }

    private UnixAddr path() {
        return new UnixAddr(folder.resolve("x.sock").toString());
    }

    /** Our own pid and a random folder's name: abstract names are the whole machine's. */
    private UnixAddr abstractName() {
        return new UnixAddr("@forkd-test-" + Posix.getpid() + "-" + folder.getFileName());
    }

    private static void assertTalk(SocketAddr address) throws IOException {
        try (Fd listener = TestSockets.listener(address);
                Fd client = TestSockets.connected(listener);
                Fd server = TestSockets.accepted(listener).socket()) {
            TestSockets.send(client, "hello");
            assertEquals("hello", TestSockets.receive(server));

            TestSockets.send(server, "welcome");
            assertEquals("welcome", TestSockets.receive(client));
        }
    }

    private static ErrnoException assertFails(Errno errno, Executable call) {
        ErrnoException e = assertThrows(ErrnoException.class, call);
        assertEquals(errno, e.errno());
        return e;
    }

    @Test
    void aUnixSocketTellsWhoConnected() throws IOException {
        try (SocketPair pair = Sockets.socketpair(SocketType.SOCK_STREAM)) {
            PeerCredentials peer = Sockets.peerCredentials(pair.first());

            assertEquals(Posix.getpid(), peer.pid());
            assertEquals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"), (int) peer.uid());
            assertEquals(Files.getAttribute(Path.of("/proc/self"), "unix:gid"), (int) peer.gid());
        }
    }
}
