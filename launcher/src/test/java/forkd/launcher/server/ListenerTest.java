package forkd.launcher.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import forkd.posix.AcceptedConnection;
import forkd.posix.Errno;
import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.InetAddr;
import forkd.posix.Posix;
import forkd.posix.SocketAddr;
import forkd.posix.SocketType;
import forkd.posix.Sockets;
import forkd.posix.UnixAddr;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against the kernel. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ListenerTest {
    private static final int BACKLOG = 16;

    @TempDir
    private Path folder;

    @Test
    void portZeroIsNamedWithItsRealPort() throws IOException {
        try (Listener listener = open("127.0.0.1:0")) {
            assertTrue(listener.name().matches("127\\.0\\.0\\.1:[1-9]\\d*"), listener.name());
        }
    }

    @Test
    void anIpv6ListenerIsNamedInBrackets() throws IOException {
        assumeIpv6();
        try (Listener listener = open("[::1]:0")) {
            assertTrue(listener.name().matches("\\[::1]:[1-9]\\d*"), listener.name());
        }
    }

    @Test
    void aStarIsNamedWithItsRealPort() throws IOException {
        assumeIpv6();
        try (Listener listener = open("*:0")) {
            assertTrue(listener.name().matches("\\*:[1-9]\\d*"), listener.name());
        }
    }

    @Test
    void aStarAcceptsAnIpv4Client() throws IOException {
        assumeIpv6();
        try (Listener listener = open("*:0");
                Fd client = connect(InetAddr.of(new byte[] {127, 0, 0, 1}, portOf(listener)))) {
            AcceptedConnection connection = listener.accept().orElseThrow();
            connection.socket().close();

            assertEquals(Sockets.getsockname(client), connection.peer());
        }
    }

    @Test
    void anIpv6WildcardLeavesIpv4ToAnother() throws IOException {
        assumeIpv6();
        try (Listener six = open("[::]:0");
                Listener four = open("0.0.0.0:" + portOf(six))) {
            assertEquals(portOf(six), portOf(four));
        }
    }

    @Test
    void acceptIsEmptyWhereNobodyWaits() throws IOException {
        try (Listener listener = open("127.0.0.1:0")) {
            assertEquals(Optional.empty(), listener.accept());
        }
    }

    @Test
    void aPortInUseIsAnErrorThatNamesIt() throws IOException {
        try (Listener listener = open("127.0.0.1:0")) {
            String name = listener.name();

            ErrnoException e = assertThrows(ErrnoException.class, () -> open(name));

            assertEquals("bind(" + name + ") failed: EADDRINUSE (Address already in use)", e.getMessage());
        }
    }

    @Test
    void aPortIsFreeAgainAfterClose() throws IOException {
        String name;
        try (Listener first = open("127.0.0.1:0")) {
            name = first.name();
        }

        try (Listener second = open(name)) {
            assertEquals(name, second.name());
        }
    }

    @Test
    void aPortWithConnectionsInTimeWaitIsTakenAtOnce() throws IOException {
        String name;
        try (Listener first = open("127.0.0.1:0");
                Fd client = connect(InetAddr.of(new byte[] {127, 0, 0, 1}, portOf(first)))) {
            name = first.name();
            // The side that closes first keeps the port in TIME_WAIT.
            first.accept().orElseThrow().socket().close();
            assertEquals(-1, Posix.read(client, new byte[1], 0, 1));
        }

        try (Listener second = open(name)) {
            assertEquals(name, second.name());
        }
    }

    @Test
    void aUnixListenerIsNamedByItsPath() throws IOException {
        try (Listener listener = open("unix:" + path())) {
            assertEquals("unix:" + path(), listener.name());
        }
    }

    @Test
    void aUnixListenerAccepts() throws IOException {
        try (Listener listener = open("unix:" + path());
                Fd client = connect(new UnixAddr(path().toString()))) {
            AcceptedConnection connection = listener.accept().orElseThrow();
            connection.socket().close();

            assertEquals(UnixAddr.UNNAMED, connection.peer());
            assertTrue(client.isOpen());
        }
    }

    @Test
    void anAbstractNameMakesNoFile() throws IOException {
        String name = "unix:@forkd-test-" + Posix.getpid() + "-" + folder.getFileName();
        try (Listener listener = open(name)) {
            assertEquals(name, listener.name());
        }
    }

    @Test
    void theFileIsRemovedAtClose() throws IOException {
        Listener listener = open("unix:" + path());
        assertTrue(Files.exists(path()));

        listener.close();

        assertFalse(Files.exists(path()));
    }

    @Test
    void aFileThatHasGoneIsNoErrorAtClose() throws IOException {
        Listener listener = open("unix:" + path());
        Files.delete(path());

        listener.close();

        assertFalse(Files.exists(path()));
    }

    @Test
    void theFileOfASuccessorIsLeftAtClose() throws IOException {
        Listener first = open("unix:" + path());
        Files.delete(path());
        try (Listener successor = open("unix:" + path())) {
            first.close();

            assertTrue(Files.exists(path()));
            assertEquals("unix:" + path(), successor.name());
        }
    }

    @Test
    void aStaleSocketIsTakenOver() throws IOException {
        leaveStaleSocket();

        try (Listener listener = open("unix:" + path());
                Fd client = connect(new UnixAddr(path().toString()))) {
            assertTrue(client.isOpen());
            listener.accept().orElseThrow().socket().close();
        }
    }

    @Test
    void ofTwoThatTakeOverAStaleSocketOneGetsIt() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            for (int i = 0; i < 300; i++) {
                leaveStaleSocket();
                CyclicBarrier both = new CyclicBarrier(2);
                Callable<Optional<Listener>> start = () -> {
                    both.await();
                    try {
                        return Optional.of(open("unix:" + path()));
                    } catch (ErrnoException e) {
                        assertEquals(Errno.EADDRINUSE, e.errno());
                        return Optional.empty();
                    }
                };
                List<Listener> opened = new ArrayList<>();
                for (Future<Optional<Listener>> one : threads.invokeAll(List.of(start, start))) {
                    one.get().ifPresent(opened::add);
                }
                assertEquals(1, opened.size());
                connect(new UnixAddr(path().toString())).close();
                opened.get(0).close();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aLiveSocketIsLeftAlone() throws IOException {
        try (Listener live = open("unix:" + path())) {
            ErrnoException e = assertThrows(ErrnoException.class, () -> open("unix:" + path()));

            assertEquals("bind(unix:" + path() + ") failed: EADDRINUSE (Address already in use)", e.getMessage());
            connect(new UnixAddr(path().toString())).close();
            assertTrue(live.accept().isPresent());
        }
    }

    @Test
    void aLiveSocketWithAFullBacklogIsLeftAloneToo() throws IOException {
        UnixAddr address = new UnixAddr(path().toString());
        try (Listener live = Listener.open(ListenAddress.parse(address.toString()), 1);
                Fd first = connect(address);
                Fd second = connect(address)) {
            assertTrue(first.isOpen() && second.isOpen(), "as many as a backlog of one holds");

            ErrnoException e = assertThrows(ErrnoException.class, () -> open(address.toString()));

            assertEquals(Errno.EADDRINUSE, e.errno());
            assertTrue(live.accept().isPresent());
        }
    }

    @Test
    void aRegularFileIsLeftAlone() throws IOException {
        Files.writeString(path(), "precious");

        ErrnoException e = assertThrows(ErrnoException.class, () -> open("unix:" + path()));

        assertEquals(Errno.EADDRINUSE, e.errno());
        assertEquals("precious", Files.readString(path()));
    }

    @Test
    void aFolderIsLeftAlone() throws IOException {
        Files.createDirectory(path());

        ErrnoException e = assertThrows(ErrnoException.class, () -> open("unix:" + path()));

        assertEquals(Errno.EADDRINUSE, e.errno());
        assertTrue(Files.isDirectory(path()));
    }

    @Test
    void aSymbolicLinkIsLeftAlone() throws IOException {
        Files.createSymbolicLink(path(), folder.resolve("nowhere"));

        ErrnoException e = assertThrows(ErrnoException.class, () -> open("unix:" + path()));

        assertEquals(Errno.EADDRINUSE, e.errno());
        assertTrue(Files.isSymbolicLink(path()));
    }

    @Test
    void aMissingFolderIsAnErrorThatNamesThePath() {
        String missing = folder.resolve("missing/x.sock").toString();

        ErrnoException e = assertThrows(ErrnoException.class, () -> open("unix:" + missing));

        assertEquals("bind(unix:" + missing + ") failed: ENOENT (No such file or directory)", e.getMessage());
    }

    @Test
    void aFailedOpenLeavesNoDescriptor() throws IOException {
        try (Listener listener = open("127.0.0.1:0")) {
            String name = listener.name();
            SocketProbe before = SocketProbe.now();

            assertThrows(ErrnoException.class, () -> open(name));

            assertEquals(before, SocketProbe.now());
        }
    }

    @Test
    void aGivenNameIsTheNameAndTheAddressStaysTheAddress() throws IOException {
        try (Listener listener = openSpec("127.0.0.1:0,name=web")) {
            assertEquals("web", listener.name());
            assertTrue(listener.address().matches("127\\.0\\.0\\.1:[1-9]\\d*"), listener.address());
        }
    }

    @Test
    void theLocalAddressIsKnownExceptOfAWildcard() throws IOException {
        try (Listener one = open("127.0.0.1:0");
                Listener all = open("0.0.0.0:0")) {
            assertEquals(one.address(), one.local().orElseThrow().toString());
            assertEquals(Optional.empty(), all.local());
        }
    }

    @Test
    void connectionsGetTheTcpOptionsOfTheirListener() throws IOException {
        try (Listener listener = openSpec("127.0.0.1:0,nodelay,keepalive=7,keepalive-interval=5,keepalive-count=3");
                Fd client = connect(listener.local().orElseThrow());
                Fd connection = listener.accept().orElseThrow().socket()) {
            assertTrue(client.isOpen());
            assertEquals(1, Sockets.getsockopt(connection, Sockets.IPPROTO_TCP, Sockets.TCP_NODELAY));
            assertEquals(1, Sockets.getsockopt(connection, Sockets.SOL_SOCKET, Sockets.SO_KEEPALIVE));
            assertEquals(7, Sockets.getsockopt(connection, Sockets.IPPROTO_TCP, Sockets.TCP_KEEPIDLE));
            assertEquals(5, Sockets.getsockopt(connection, Sockets.IPPROTO_TCP, Sockets.TCP_KEEPINTVL));
            assertEquals(3, Sockets.getsockopt(connection, Sockets.IPPROTO_TCP, Sockets.TCP_KEEPCNT));
        }
    }

    @Test
    void withoutOptionsConnectionsHaveNone() throws IOException {
        try (Listener listener = open("127.0.0.1:0");
                Fd client = connect(listener.local().orElseThrow());
                Fd connection = listener.accept().orElseThrow().socket()) {
            assertTrue(client.isOpen());
            assertEquals(0, Sockets.getsockopt(connection, Sockets.IPPROTO_TCP, Sockets.TCP_NODELAY));
            assertEquals(0, Sockets.getsockopt(connection, Sockets.SOL_SOCKET, Sockets.SO_KEEPALIVE));
        }
    }

    @Test
    void severalListenersShareAnAddressWithReuseport() throws IOException {
        try (Listener first = openSpec("127.0.0.1:0,reuseport");
                Listener second = openSpec(first.address() + ",reuseport")) {
            assertEquals(first.address(), second.address());
        }
    }

    @Test
    void aUnixSocketHasTheModeThatIsAskedForWhateverTheUmask() throws IOException {
        int before = Posix.umask(077);
        try (Listener listener = openSpec("unix:" + path() + ",mode=0666")) {
            assertEquals("rw-rw-rw-", PosixFilePermissions.toString(Files.getPosixFilePermissions(path())));
            assertTrue(listener.local().isPresent());
        } finally {
            assertEquals(077, Posix.umask(before), "the umask is as it was");
        }
    }

    @Test
    void aUnixSocketCanBeGivenToItsOwnOwnerByNumber() throws IOException {
        Object uid = Files.getAttribute(folder, "unix:uid");
        Object gid = Files.getAttribute(folder, "unix:gid");
        try (Listener listener = openSpec("unix:" + path() + ",owner=" + uid + ",group=" + gid + ",mode=0600")) {
            assertEquals(uid, Files.getAttribute(path(), "unix:uid"));
            assertEquals("unix:" + path(), listener.address());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"owner", "group"})
    void anUnknownOwnerIsToldAndLeavesNoFile(String option) {
        ListenException e = assertThrows(
                ListenException.class, () -> openSpec("unix:" + path() + "," + option + "=no-such-account"));

        String what = option.equals("owner") ? "user" : "group";
        assertEquals("--listen unix:" + path() + ": there is no " + what + " 'no-such-account'", e.getMessage());
        assertFalse(Files.exists(path()));
    }

    private static Listener openSpec(String text) throws IOException {
        return Listeners.open(List.of(ListenSpec.parse(text)), BACKLOG, new InheritedSockets(Map.of(), 1))
                .get(0);
    }

    private static Listener open(String address) throws IOException {
        return Listener.open(ListenAddress.parse(address), BACKLOG);
    }

    private Path path() {
        return folder.resolve("x.sock");
    }

    /** As a killed server does: the socket is closed, its file stays. */
    private void leaveStaleSocket() throws IOException {
        try (Fd socket = Sockets.socket(Sockets.AF_UNIX, SocketType.SOCK_STREAM)) {
            Sockets.bind(socket, new UnixAddr(path().toString()));
            Sockets.listen(socket, 1);
        }
        assertTrue(Files.exists(path()));
    }

    private static Fd connect(SocketAddr address) throws IOException {
        Fd client = Sockets.socket(address.family(), SocketType.SOCK_STREAM);
        Sockets.connect(client, address);
        return client;
    }

    private static int portOf(Listener listener) {
        String name = listener.name();
        return Integer.parseInt(name.substring(name.lastIndexOf(':') + 1));
    }

    private static void assumeIpv6() {
        assumeTrue(Files.exists(Path.of("/proc/net/if_inet6")), "the kernel has no IPv6");
    }
}
