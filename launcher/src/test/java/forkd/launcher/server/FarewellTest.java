package forkd.launcher.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import forkd.posix.AcceptedConnection;
import forkd.posix.Errno;
import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.InetAddr;
import forkd.posix.Posix;
import forkd.posix.SocketPair;
import forkd.posix.SocketType;
import forkd.posix.Sockets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With the kernel's sockets: TCP, where unread input resets a connection. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FarewellTest {
    private static final long SECOND = 1_000_000_000;

    private final Farewell farewell = new Farewell();
    private final List<Fd> open = new ArrayList<>();

    @AfterEach
    void close() {
        farewell.close();
        open.forEach(Fd::close);
    }

    @Test
    void theClientReadsTheLineAndTheEnd() throws IOException {
        Ends ends = connect();

        farewell.say(ends.ours, "too many", 0);

        assertEquals("too many\n", readAll(ends.client));
        assertTrue(ends.ours.isOpen());
        ends.client.close();
        farewell.progress(1);
        assertFalse(ends.ours.isOpen());
        assertFalse(farewell.nextLook().isPresent());
    }

    @Test
    void whatTheClientSendsDoesNotResetTheConnection() throws IOException {
        Ends ends = connect();
        byte[] much = new byte[30_000];
        Posix.write(ends.client, much, 0, much.length);

        farewell.say(ends.ours, "too many", 0);
        Posix.write(ends.client, much, 0, much.length);
        farewell.progress(1);
        Posix.write(ends.client, much, 0, much.length);

        assertEquals("too many\n", readAll(ends.client));
    }

    /** The test of the test: this is what a plain close does. */
    @Test
    void aPlainCloseDoesResetIt() throws IOException {
        Ends ends = connect();
        Posix.write(ends.client, new byte[10], 0, 10);

        ends.ours.close();

        ErrnoException e = assertThrows(ErrnoException.class, () -> Posix.read(ends.client, new byte[1], 0, 1));
        assertEquals(Errno.ECONNRESET, e.errno());
    }

    @Test
    void aClientThatStaysIsLeftAfterASecond() throws IOException {
        Ends ends = connect();
        farewell.say(ends.ours, "too many", 0);

        farewell.progress(SECOND - 1);
        assertTrue(ends.ours.isOpen());
        farewell.progress(SECOND);

        assertFalse(ends.ours.isOpen());
    }

    @Test
    void aClientThatHasGoneIsNoError() throws IOException {
        Ends ends = connect();
        Posix.write(ends.ours, new byte[1], 0, 1);
        ends.client.close(); // with unread input: a reset

        farewell.say(ends.ours, "too many", 0);

        assertFalse(ends.ours.isOpen());
    }

    @Test
    void notManyLingerAtOnce() throws IOException {
        List<Ends> all = new ArrayList<>();
        for (int i = 0; i < 70; i++) {
            Ends ends = connect();
            all.add(ends);
            farewell.say(ends.ours, "too many", 0);
        }

        assertEquals(64, all.stream().filter(ends -> ends.ours.isOpen()).count());
        assertEquals("too many\n", readAll(all.get(0).client));
    }

    @Test
    void nobodyWaitsForAClientThatDoesNotRead() throws IOException {
        SocketPair pair = Sockets.socketpair(SocketType.SOCK_STREAM);
        open.addAll(List.of(pair.first(), pair.second()));
        byte[] line = new byte[1000];
        while (Sockets.sendNow(pair.first(), line) == line.length) {
            assertTrue(pair.first().isOpen()); // until the client's buffer is full
        }

        farewell.say(pair.first(), "too many", 0);

        assertTrue(pair.first().isOpen());
    }

    private record Ends(Fd client, Fd ours) {}

    private Ends connect() throws IOException {
        try (Fd listener = Sockets.socket(Sockets.AF_INET, SocketType.SOCK_STREAM)) {
            Sockets.bind(listener, InetAddr.of(new byte[] {127, 0, 0, 1}, 0));
            Sockets.listen(listener, 1);
            Fd client = Sockets.socket(Sockets.AF_INET, SocketType.SOCK_STREAM);
            open.add(client);
            Sockets.connect(client, Sockets.getsockname(listener));
            AcceptedConnection accepted = Sockets.accept(listener).orElseThrow();
            open.add(accepted.socket());
            return new Ends(client, accepted.socket());
        }
    }

    private static String readAll(Fd client) throws IOException {
        byte[] bytes = new byte[100];
        int count = 0;
        for (int n = Posix.read(client, bytes, 0, 100); n > 0; n = Posix.read(client, bytes, count, 100 - count)) {
            count += n;
        }
        assertArrayEquals(new byte[100 - count], java.util.Arrays.copyOfRange(bytes, count, 100));
        return new String(bytes, 0, count, StandardCharsets.UTF_8);
    }
}
