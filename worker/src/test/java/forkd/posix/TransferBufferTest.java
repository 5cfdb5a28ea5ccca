package forkd.posix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransferBufferTest {
    private static final int MARGIN = 3;

    private final TransferBuffer buffer = new TransferBuffer();

    /** Less than a word, whole words, words and a rest. */
    @ParameterizedTest
    @ValueSource(ints = {1, 7, 8, 9, 64, 1023, TransferBuffer.BYTES})
    void bytesArriveWhereTheyBelong(int length) throws IOException {
        byte[] sent = new byte[length + 2 * MARGIN];
        new Random(length).nextBytes(sent);
        byte[] received = new byte[length + 2 * MARGIN];
        try (SocketPair pair = Sockets.socketpair(SocketType.SOCK_STREAM)) {
            buffer.write(pair.first().number(), sent, MARGIN, length);
            assertEquals(length, buffer.read(pair.second().number(), received, MARGIN, length));
        }
        byte[] expected = sent.clone();
        Arrays.fill(expected, 0, MARGIN, (byte) 0);
        Arrays.fill(expected, MARGIN + length, expected.length, (byte) 0);
        assertArrayEquals(expected, received);
    }

    @Test
    void readsNoMoreThanIsThere() throws IOException {
        byte[] received = new byte[100];
        try (SocketPair pair = Sockets.socketpair(SocketType.SOCK_STREAM)) {
            buffer.write(pair.first().number(), new byte[] {1, 2, 3}, 0, 3);
            assertEquals(3, buffer.read(pair.second().number(), received, 0, received.length));
            assertEquals(3, received[2]);
        }
    }

    @Test
    void readsALongArrayInPieces() throws IOException {
        byte[] sent = new byte[2 * TransferBuffer.BYTES];
        try (SocketPair pair = Sockets.socketpair(SocketType.SOCK_STREAM)) {
            buffer.write(pair.first().number(), sent, 0, TransferBuffer.BYTES);
            buffer.write(pair.first().number(), sent, TransferBuffer.BYTES, TransferBuffer.BYTES);
            assertEquals(TransferBuffer.BYTES, buffer.read(pair.second().number(), sent, 0, sent.length));
        }
    }

    @Test
    void practiceLeavesItUsable() throws IOException {
        buffer.practise();
        readsNoMoreThanIsThere();
    }

    @Test
    void theEndOfFileIsZero() throws IOException {
        try (SocketPair pair = Sockets.socketpair(SocketType.SOCK_STREAM)) {
            pair.first().close();
            assertEquals(0, buffer.read(pair.second().number(), new byte[8], 0, 8));
        }
    }

    @Test
    void whoeverHasGoneIsAnError() throws IOException {
        try (SocketPair pair = Sockets.socketpair(SocketType.SOCK_STREAM)) {
            pair.first().close();
            ErrnoException error = assertThrows(
                    ErrnoException.class, () -> buffer.write(pair.second().number(), new byte[8], 0, 8));
            assertEquals(Errno.EPIPE, error.errno());
        }
    }

    @Test
    void whatIsOutsideOfTheArrayIsRefused() throws IOException {
        try (SocketPair pair = Sockets.socketpair(SocketType.SOCK_STREAM)) {
            int fd = pair.first().number();
            assertThrows(IndexOutOfBoundsException.class, () -> buffer.read(fd, new byte[8], 4, 5));
            assertThrows(IndexOutOfBoundsException.class, () -> buffer.write(fd, new byte[8], -1, 4));
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () -> buffer.write(fd, new byte[2 * TransferBuffer.BYTES], 0, TransferBuffer.BYTES + 1));
        }
    }
}
