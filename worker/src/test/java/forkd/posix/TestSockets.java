package forkd.posix;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What tests over the kernel's own sockets need. */
final class TestSockets {
    private TestSockets() {}

    /** 127.0.0.1 with any free port. */
    static InetAddr loopback() {
        return InetAddr.of(new byte[] {127, 0, 0, 1}, 0);
    }

    /** ::1 with any free port; without IPv6 in the kernel the test does not run. */
    static InetAddr loopback6() throws IOException {
        Path addresses = Path.of("/proc/net/if_inet6");
        List<String> lines = Files.exists(addresses) ? Files.readAllLines(addresses) : List.of();
        assumeTrue(lines.stream().anyMatch(line -> line.startsWith("0".repeat(31) + "1 ")), "no IPv6 loopback");
        byte[] one = new byte[16];
        one[15] = 1;
        return InetAddr.of(one, 0);
    }

    /** A non-blocking listener, which the caller owns. */
    static Fd listener(SocketAddr address) throws ErrnoException {
        Fd listener = Sockets.nonBlockingSocket(address.family(), SocketType.SOCK_STREAM);
        Sockets.bind(listener, address);
        Sockets.listen(listener, 16);
        return listener;
    }

    /** A socket connected to the listener; the caller owns it. */
    static Fd connected(Fd listener) throws ErrnoException {
        SocketAddr address = Sockets.getsockname(listener);
        Fd client = Sockets.socket(address.family(), SocketType.SOCK_STREAM);
        Sockets.connect(client, address);
        return client;
    }

    /** The connection that waits; a connect that has returned is in the queue already. */
    static AcceptedConnection accepted(Fd listener) throws ErrnoException {
        Optional<AcceptedConnection> connection = Sockets.accept(listener);
        return connection.orElseThrow(() -> new AssertionError("no connection waits"));
    }

    static void send(Fd fd, String text) throws ErrnoException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        Posix.write(fd, bytes, 0, bytes.length);
    }

    /** What comes until the end of file. */
    static String receiveAll(Fd fd) throws ErrnoException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] buffer = new byte[4096];
        for (int n = Posix.read(fd, buffer, 0, buffer.length); n >= 0; n = Posix.read(fd, buffer, 0, buffer.length)) {
            all.write(buffer, 0, n);
        }
        return all.toString(StandardCharsets.UTF_8);
    }

    /** What one read(2) brings. */
    static String receive(Fd fd) throws ErrnoException {
        byte[] buffer = new byte[4096];
        int n = Posix.read(fd, buffer, 0, buffer.length);
        return n < 0 ? "" : new String(buffer, 0, n, StandardCharsets.UTF_8);
    }
}
