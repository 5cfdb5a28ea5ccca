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
class PosixSocketTest {
    private static final int SO_TYPE = 3;
    private static final int NO_SUCH_OPTION = 9999;

    @TempDir
    private Path folder;

    @Test
    void ipv4ClientAndServerTalk() throws IOException {
        assertTalk(Sockets.loopback());
    }

    @Test
    void ipv6ClientAndServerTalk() throws IOException {
        assertTalk(Sockets.loopback6());
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
        try (Fd listener = Sockets.listener(Sockets.loopback())) {
            InetAddr bound = assertInstanceOf(InetAddr.class, Posix.getsockname(listener));

            assertNotEquals(0, bound.port());
            assertEquals("127.0.0.1", bound.host());
        }
    }

    @Test
    void acceptTellsThePeersAddress() throws IOException {
        try (Fd listener = Sockets.listener(Sockets.loopback());
                Fd client = Sockets.connected(listener)) {
            AcceptedConnection connection = Sockets.accepted(listener);

            try (Fd socket = connection.socket()) {
                assertEquals(Posix.getsockname(client), connection.peer());
                assertEquals(Posix.getpeername(socket), connection.peer());
                assertEquals(Posix.getpeername(client), Posix.getsockname(socket));
            }
        }
    }

    @Test
    void anUnboundUnixClientIsUnnamed() throws IOException {
        try (Fd listener = Sockets.listener(path());
                Fd client = Sockets.connected(listener)) {
            AcceptedConnection connection = Sockets.accepted(listener);
            connection.socket().close();

            assertEquals(UnixAddr.UNNAMED, connection.peer());
            assertEquals(UnixAddr.UNNAMED, Posix.getsockname(client));
        }
    }

    @Test
    void aUnixSocketsNameIsThePathThatWasBound() throws IOException {
        UnixAddr path = path();
        try (Fd listener = Sockets.listener(path)) {
            assertEquals(path, Posix.getsockname(listener));
        }
    }

    @Test
    void anIpv4ClientOfADualStackListenerHasAnIpv4Address() throws IOException {
        Sockets.loopback6();
        try (Fd listener = Posix.nonBlockingSocket(Posix.AF_INET6, SocketType.SOCK_STREAM)) {
            Posix.setsockopt(listener, Posix.IPPROTO_IPV6, Posix.IPV6_V6ONLY, 0);
            Posix.bind(listener, InetAddr.of(new byte[16], 0));
            Posix.listen(listener, 1);
            int port = ((InetAddr) Posix.getsockname(listener)).port();
            try (Fd client = Posix.socket(Posix.AF_INET, SocketType.SOCK_STREAM)) {
                Posix.connect(client, InetAddr.of(new byte[] {127, 0, 0, 1}, port));

                AcceptedConnection connection = Sockets.accepted(listener);
                connection.socket().close();

                assertEquals(Posix.getsockname(client), connection.peer());
                assertEquals(Posix.AF_INET, connection.peer().family());
            }
        }
    }

    @Test
    void acceptOfANonBlockingListenerIsEmptyWhereNobodyWaits() throws IOException {
        try (Fd listener = Sockets.listener(Sockets.loopback())) {
            assertEquals(Optional.empty(), Posix.accept(listener));
        }
    }

    @Test
    void anAcceptedConnectionBlocksThoughItsListenerDoesNot() throws IOException {
        try (Fd listener = Sockets.listener(Sockets.loopback());
                Fd client = Sockets.connected(listener);
                Fd socket = Sockets.accepted(listener).socket()) {
            Thread later = new Thread(() -> {
                try {
                    Sockets.send(client, "late");
                } catch (ErrnoException e) {
                    throw new IllegalStateException(e);
                }
            });
            later.start();

            assertEquals("late", Sockets.receive(socket));
        }
    }

    @Test
    void everySocketIsCloseOnExec() throws IOException {
        try (Fd listener = Sockets.listener(Sockets.loopback());
                Fd client = Sockets.connected(listener);
                Fd accepted = Sockets.accepted(listener).socket()) {
            assertTrue(Descriptors.isCloseOnExec(listener), "non-blocking socket");
            assertTrue(Descriptors.isCloseOnExec(client), "socket");
            assertTrue(Descriptors.isCloseOnExec(accepted), "accepted");
        }
    }

    @Test
    void readTellsTheEndOfFile() throws IOException {
        try (Fd listener = Sockets.listener(Sockets.loopback());
                Fd client = Sockets.connected(listener);
                Fd socket = Sockets.accepted(listener).socket()) {
            client.close();

            assertEquals(-1, Posix.read(socket, new byte[1], 0, 1));
        }
    }

    @Test
    void readOfNothingIsNoEndOfFile() throws IOException {
        try (SocketPair pair = Posix.socketpair(SocketType.SOCK_STREAM)) {
            pair.second().close();

            assertEquals(0, Posix.read(pair.first(), new byte[0], 0, 0));
        }
    }

    @Test
    void readFillsOnlyTheAskedPartOfTheBuffer() throws IOException {
        try (SocketPair pair = Posix.socketpair(SocketType.SOCK_STREAM)) {
            Sockets.send(pair.first(), "abcdef");
            byte[] buffer = "........".getBytes(US_ASCII);

            int n = Posix.read(pair.second(), buffer, 2, 3);

            assertEquals(3, n);
            assertEquals("..abc...", new String(buffer, US_ASCII));
        }
    }

    @Test
    void aWriteOfMegabytesIsWrittenToItsEnd() throws IOException, InterruptedException {
        String text = "0123456789abcdef".repeat(256 * 1024);
        try (SocketPair pair = Posix.socketpair(SocketType.SOCK_STREAM)) {
            Thread writer = new Thread(() -> {
                try (Fd end = pair.first()) {
                    Sockets.send(end, text);
                } catch (ErrnoException e) {
                    throw new IllegalStateException(e);
                }
            });
            writer.start();

            assertEquals(text, Sockets.receiveAll(pair.second()));
            writer.join();
        }
    }

    @Test
    void afterAHalfCloseTheOtherDirectionGoesOn() throws IOException {
        try (Fd listener = Sockets.listener(Sockets.loopback());
                Fd client = Sockets.connected(listener);
                Fd server = Sockets.accepted(listener).socket()) {
            Sockets.send(client, "question");
            Posix.shutdown(client, Posix.SHUT_WR);

            assertEquals("question", Sockets.receiveAll(server));
            Sockets.send(server, "answer");
            server.close();
            assertEquals("answer", Sockets.receiveAll(client));
        }
    }

    @Test
    void aSocketOptionIsReadAsItWasSet() throws IOException {
        try (Fd socket = Posix.socket(Posix.AF_INET, SocketType.SOCK_STREAM)) {
            assertEquals(0, Posix.getsockopt(socket, Posix.SOL_SOCKET, Posix.SO_REUSEADDR));

            Posix.setsockopt(socket, Posix.SOL_SOCKET, Posix.SO_REUSEADDR, 1);

            assertEquals(1, Posix.getsockopt(socket, Posix.SOL_SOCKET, Posix.SO_REUSEADDR));
        }
    }

    @Test
    void theTypeIsTheOneThatWasAskedFor() throws IOException {
        for (SocketType type : SocketType.values()) {
            try (Fd socket = Posix.socket(Posix.AF_UNIX, type)) {
                assertEquals(type.number(), Posix.getsockopt(socket, Posix.SOL_SOCKET, SO_TYPE));
            }
        }
    }

    @Test
    void bindToAPortInUseNamesTheAddress() throws IOException {
        try (Fd listener = Sockets.listener(Sockets.loopback());
                Fd second = Posix.socket(Posix.AF_INET, SocketType.SOCK_STREAM)) {
            SocketAddr taken = Posix.getsockname(listener);

            ErrnoException e = assertFails(Errno.EADDRINUSE, () -> Posix.bind(second, taken));

            assertEquals("bind(" + taken + ") failed: EADDRINUSE (Address already in use)", e.getMessage());
        }
    }

    @Test
    void bindToSomebodyElsesAddressFails() throws IOException {
        InetAddr documentation = new InetAddr(InetAddress.getByName("192.0.2.1"), 0);
        try (Fd socket = Posix.socket(Posix.AF_INET, SocketType.SOCK_STREAM)) {
            assertFails(Errno.EADDRNOTAVAIL, () -> Posix.bind(socket, documentation));
        }
    }

    @Test
    void bindIntoAMissingFolderFails() throws IOException {
        UnixAddr address = new UnixAddr(folder.resolve("missing/x.sock").toString());
        try (Fd socket = Posix.socket(Posix.AF_UNIX, SocketType.SOCK_STREAM)) {
            assertFails(Errno.ENOENT, () -> Posix.bind(socket, address));
        }
    }

    @Test
    void connectIsRefusedWhereNobodyListens() throws IOException {
        try (Fd bound = Posix.socket(Posix.AF_INET, SocketType.SOCK_STREAM);
                Fd client = Posix.socket(Posix.AF_INET, SocketType.SOCK_STREAM)) {
            Posix.bind(bound, Sockets.loopback());
            SocketAddr address = Posix.getsockname(bound);

            ErrnoException e = assertFails(Errno.ECONNREFUSED, () -> Posix.connect(client, address));

            assertEquals("connect(" + address + ") failed: ECONNREFUSED (Connection refused)", e.getMessage());
        }
    }

    @Test
    void connectToAMissingPathFails() throws IOException {
        UnixAddr missing = path();
        try (Fd client = Posix.socket(Posix.AF_UNIX, SocketType.SOCK_STREAM)) {
            ErrnoException e = assertFails(Errno.ENOENT, () -> Posix.connect(client, missing));

            assertEquals("connect(" + missing + ")", e.call());
        }
    }

    @Test
    void aSocketOfAnUnknownFamilyFails() {
        ErrnoException e = assertFails(Errno.EAFNOSUPPORT, () -> Posix.socket(12_345, SocketType.SOCK_STREAM));

        assertEquals("socket(family 12345)", e.call());
    }

    @Test
    void listenOnAPipeFails() throws IOException {
        try (Pipe pipe = Posix.pipe()) {
            assertFails(Errno.ENOTSOCK, () -> Posix.listen(pipe.readEnd(), 1));
        }
    }

    @Test
    void acceptOfASocketThatDoesNotListenFails() throws IOException {
        try (Fd socket = Posix.socket(Posix.AF_INET, SocketType.SOCK_STREAM)) {
            assertFails(Errno.EINVAL, () -> Posix.accept(socket));
        }
    }

    @Test
    void anUnconnectedSocketHasNoPeer() throws IOException {
        try (Fd socket = Posix.socket(Posix.AF_INET, SocketType.SOCK_STREAM)) {
            assertFails(Errno.ENOTCONN, () -> Posix.getpeername(socket));
            assertFails(Errno.ENOTCONN, () -> Posix.shutdown(socket, Posix.SHUT_WR));
        }
    }

    @Test
    void anUnknownOptionFails() throws IOException {
        try (Fd socket = Posix.socket(Posix.AF_INET, SocketType.SOCK_STREAM)) {
            assertFails(Errno.ENOPROTOOPT, () -> Posix.setsockopt(socket, Posix.SOL_SOCKET, NO_SUCH_OPTION, 1));
            assertFails(Errno.ENOPROTOOPT, () -> Posix.getsockopt(socket, Posix.SOL_SOCKET, NO_SUCH_OPTION));
        }
    }

    @Test
    void aNumberThatIsNoDescriptorFails() {
        Fd none = new Fd(1_000_000_000);

        assertFails(Errno.EBADF, () -> Posix.getsockname(none));
        assertFails(Errno.EBADF, () -> Posix.read(none, new byte[1], 0, 1));
    }

    @Test
    void aClosedDescriptorNeverReachesTheKernel() throws IOException {
        Fd socket = Posix.socket(Posix.AF_INET, SocketType.SOCK_STREAM);
        socket.close();

        assertThrows(IllegalStateException.class, () -> Posix.listen(socket, 1));
    }

    private UnixAddr path() {
        return new UnixAddr(folder.resolve("x.sock").toString());
    }

    /** Our own pid and a random folder's name: abstract names are the whole machine's. */
    private UnixAddr abstractName() {
        return new UnixAddr("@forkd-test-" + Posix.getpid() + "-" + folder.getFileName());
    }

    private static void assertTalk(SocketAddr address) throws IOException {
        try (Fd listener = Sockets.listener(address);
                Fd client = Sockets.connected(listener);
                Fd server = Sockets.accepted(listener).socket()) {
            Sockets.send(client, "hello");
            assertEquals("hello", Sockets.receive(server));

            Sockets.send(server, "welcome");
            assertEquals("welcome", Sockets.receive(client));
        }
    }

    private static ErrnoException assertFails(Errno errno, Executable call) {
        ErrnoException e = assertThrows(ErrnoException.class, call);
        assertEquals(errno, e.errno());
        return e;
    }

    @Test
    void aUnixSocketTellsWhoConnected() throws IOException {
        try (SocketPair pair = Posix.socketpair(SocketType.SOCK_STREAM)) {
            PeerCredentials peer = Posix.peerCredentials(pair.first());

            assertEquals(Posix.getpid(), peer.pid());
            assertEquals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"), (int) peer.uid());
            assertEquals(Files.getAttribute(Path.of("/proc/self"), "unix:gid"), (int) peer.gid());
        }
    }
}
