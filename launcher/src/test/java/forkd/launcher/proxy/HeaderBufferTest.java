package forkd.launcher.proxy;

import static forkd.launcher.proxy.Headers.PROXY;
import static forkd.launcher.proxy.Headers.TCP4;
import static forkd.launcher.proxy.Headers.header;
import static forkd.launcher.proxy.Headers.line;
import static forkd.launcher.proxy.Headers.summed;
import static forkd.launcher.proxy.Headers.tlv;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HeaderBufferTest {
    private static final byte[] BEHIND = line("\r\nPROXY GET / HTTP/1.1\r\n");

    static Stream<byte[]> goodHeaders() {
        return Stream.of(
                line("PROXY UNKNOWN\r\n"),
                line("PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n"),
                line("PROXY TCP6 2001:db8::1 ::1 1024 25\r\n"),
                header(Headers.LOCAL, 0x00),
                header(PROXY, 0x11, TCP4),
                header(PROXY, 0x31, new byte[216]),
                summed(header(
                        PROXY,
                        0x11,
                        TCP4,
                        tlv(0x02, "example.com"),
                        tlv(0x04, new byte[1000]),
                        tlv(0x03, new byte[4]))));
    }

    /** What a client sends right behind the header stays, however the bytes come. */
    @ParameterizedTest
    @MethodSource("goodHeaders")
    void notOneByteTooMuchIsTakenWhereverTheStreamIsCut(byte[] header) throws ProxyHeaderException {
        ProxyHeader expected = Headers.parse(header);
        byte[] stream = Headers.join(header, BEHIND);
        for (int first = 0; first <= header.length; first++) {
            HeaderBuffer buffer = new HeaderBuffer();
            int taken = feed(buffer, Arrays.copyOf(stream, first));
            assertEquals(first, taken, "all of the first piece is the header's");
            assertEquals(first == header.length, buffer.isComplete());
            taken += feed(buffer, Arrays.copyOfRange(stream, first, stream.length));
            assertEquals(header.length, taken, "cut");
            assertEquals(expected, buffer.header());
        }
    }

    @ParameterizedTest
    @MethodSource("goodHeaders")
    void oneByteAtATimeIsTheSame(byte[] header) throws ProxyHeaderException {
        HeaderBuffer buffer = new HeaderBuffer();
        for (byte b : header) {
            assertFalse(buffer.isComplete());
            assertTrue(buffer.room() > 0);
            assertEquals(1, feed(buffer, new byte[] {b}));
        }

        assertTrue(buffer.isComplete());
        assertEquals(Headers.parse(header), buffer.header());
    }

    /** Every byte is changed to every value, at every place: it is read as something, or refused. No other exception, no hang. */
    @ParameterizedTest
    @MethodSource("goodHeaders")
    void everyChangedByteIsReadOrRefused(byte[] header) throws ProxyHeaderException {
        int last = Math.min(header.length, 32);
        for (int at = 0; at < last; at++) {
            for (int value = 0; value < 256; value++) {
                byte[] changed = header.clone();
                changed[at] = (byte) value;
                check(changed);
            }
        }
    }

    /** With a fixed seed: any bytes, any pieces, also such that begin as a header does. */
    @Test
    void anyBytesInAnyPiecesAreReadOrRefused() throws ProxyHeaderException {
        Random random = new Random(20260101);
        byte[][] starts = goodHeaders().toArray(byte[][]::new);
        for (int run = 0; run < 5_000; run++) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            byte[] start = starts[random.nextInt(starts.length)];
            int kept = random.nextInt(start.length + 1);
            check(Headers.join(Arrays.copyOf(start, kept), bytes));
        }
    }

    /** What is read depends only on the bytes, not on the pieces in which they come; and what is complete stays so. */
    static void check(byte[] bytes) throws ProxyHeaderException {
        HeaderBuffer whole = new HeaderBuffer();
        String atOnce = read(whole, bytes, bytes.length + 1);
        HeaderBuffer pieces = new HeaderBuffer();
        String inPieces = read(pieces, bytes, 7);

        assertEquals(atOnce, inPieces);
        assertTrue(whole.size() <= VersionTwo.MAX_BYTES);
    }

    private static String read(HeaderBuffer buffer, byte[] bytes, int piece) {
        try {
            for (int at = 0; at < bytes.length && !buffer.isComplete(); ) {
                int end = Math.min(bytes.length, at + Math.min(piece, buffer.room()));
                int taken = feed(buffer, Arrays.copyOfRange(bytes, at, end));
                assertTrue(taken > 0, "no progress");
                at += taken;
            }
            return buffer.isComplete() ? buffer.size() + " " + buffer.header() : "incomplete";
        } catch (ProxyHeaderException e) {
            return "refused";
        }
    }

    @Test
    void whatIsNoHeaderIsRefusedAtItsFirstByte() {
        assertEquals("no PROXY header: it begins with the bytes 47", refusal(line("G")));
        assertEquals("no PROXY header: it begins with the bytes 50 4f", refusal(line("PO")));
        assertEquals(
                "no PROXY header: it begins with the bytes 47 45 54 20 2f 20 48 54 54 50 2f 31",
                refusal(line("GET / HTTP/1.1")));
        assertEquals("no PROXY header: it begins with the bytes 0d 0a 0d 0b", refusal(Headers.hex("0d0a0d0b")));
        assertEquals("no PROXY header: it begins with the bytes 16 03 01", refusal(Headers.hex("160301")));
    }

    @Test
    void aLengthThatIsTooLongIsRefusedBeforeItsBytesCome() {
        byte[] start = Headers.hex("0d0a0d0a000d0a515549540a 21 11 ffff");

        assertEquals("the header has 65551 bytes; at most 4096 are taken", refusal(start));
    }

    private static int feed(HeaderBuffer buffer, byte[] bytes) throws ProxyHeaderException {
        int total = 0;
        while (total < bytes.length && !buffer.isComplete()) {
            byte[] rest = Arrays.copyOfRange(bytes, total, bytes.length);
            int count = buffer.measure(rest, Math.min(rest.length, buffer.room()));
            buffer.append(rest, count);
            total += count;
        }
        return total;
    }

    private static String refusal(byte[] bytes) {
        return assertThrows(ProxyHeaderException.class, () -> feed(new HeaderBuffer(), bytes))
                .getMessage();
    }
}
