package forkd.launcher.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.PollSet;
import forkd.posix.Posix;
import forkd.posix.SocketPair;
import forkd.posix.SocketType;
import forkd.posix.Sockets;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** With a real, blocking socket, as accept gives it. */
class HeaderReaderTest {
    private static final byte[] LINE = Headers.line("PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n");
    private static final byte[] BINARY =
            Headers.header(Headers.PROXY, 0x11, Headers.TCP4, Headers.tlv(4, new byte[2500]));

    private Fd proxy;
    private Fd socket;
    private HeaderReader reader;

    @BeforeEach
    void open() throws ErrnoException {
        SocketPair pair = Sockets.socketpair(SocketType.SOCK_STREAM);
        proxy = pair.first();
        socket = pair.second();
        reader = new HeaderReader(socket);
    }

    @AfterEach
    void close() {
        proxy.close();
        socket.close();
    }

    @Test
    void whatStandsBehindTheHeaderIsTheWorkers() throws Exception {
        for (byte[] header : new byte[][] {LINE, BINARY}) {
            send(Headers.join(header, Headers.line("hello")));

            assertTrue(new HeaderReader(socket).read().isPresent());

            byte[] rest = new byte[100];
            assertEquals(5, Posix.read(socket, rest, 0, rest.length));
            assertEquals("hello", new String(rest, 0, 5, StandardCharsets.US_ASCII));
        }
    }

    @Test
    void nothingHasComeAndItDoesNotBlock() throws Exception {
        assertEquals(Optional.empty(), reader.read());
    }

    /** A level-triggered poll would otherwise return at once, again and again. */
    @Test
    void whatWasSeenOfAnUnfinishedHeaderIsTakenSoThatPollSleeps() throws Exception {
        PollSet poll = new PollSet(1);
        for (byte[] header : new byte[][] {LINE, BINARY}) {
            HeaderReader one = new HeaderReader(socket);
            for (int i = 0; i < 40; i++) {
                send(new byte[] {header[i]});
                assertEquals(Optional.empty(), one.read());
                poll.clear();
                poll.add(socket);
                assertFalse(poll.await(Duration.ZERO), "after byte " + i);
            }
            send(java.util.Arrays.copyOfRange(header, 40, header.length));
            assertTrue(one.read().isPresent());
        }
    }

    @Test
    void anEndInTheMiddleIsTold() throws Exception {
        send(Headers.line("PROXY TCP"));
        proxy.close();

        ProxyHeaderException e = assertThrows(ProxyHeaderException.class, () -> readAll());

        assertEquals("the connection ended after 9 bytes of the header", e.getMessage());
    }

    @Test
    void anEndAtOnceIsTold() {
        proxy.close();

        ProxyHeaderException e = assertThrows(ProxyHeaderException.class, () -> readAll());

        assertEquals("the connection ended after 0 bytes of the header", e.getMessage());
    }

    @Test
    void whatIsNoHeaderIsRefusedAndStays() throws Exception {
        send(Headers.line("GET / HTTP/1.1\r\n"));

        assertThrows(ProxyHeaderException.class, reader::read);
    }

    private void readAll() throws ProxyHeaderException {
        while (reader.read().isEmpty()) {
            // the end comes with the next read
        }
    }

    private void send(byte[] bytes) throws ErrnoException {
        Posix.write(proxy, bytes, 0, bytes.length);
    }
}
