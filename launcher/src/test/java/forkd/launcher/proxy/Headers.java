package forkd.launcher.proxy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/** Builds headers of version 2, byte by byte, with nothing of the code under test. */
final class Headers {
    static final int LOCAL = 0x20;
    static final int PROXY = 0x21;
    static final byte[] TCP4 = hex("c0000201 c6336401 dc04 01bb"); // 192.0.2.1:56324 to 198.51.100.1:443

    private static final byte[] SIGNATURE = hex("0d0a0d0a000d0a515549540a");

    private Headers() {}

    static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    /** A whole header: what stands behind the 16 bytes is given in parts. */
    static byte[] header(int command, int family, byte[]... parts) {
        byte[] body = join(parts);
        return join(
                SIGNATURE,
                new byte[] {(byte) command, (byte) family, (byte) (body.length >> 8), (byte) body.length},
                body);
    }

    static byte[] tlv(int type, byte[] value) {
        return join(new byte[] {(byte) type, (byte) (value.length >> 8), (byte) value.length}, value);
    }

    static byte[] tlv(int type, String value) {
        return tlv(type, value.getBytes(StandardCharsets.UTF_8));
    }

    /** The header once more, with the right sum in its last TLV, which has to be an empty one of 4 bytes. */
    static byte[] summed(byte[] header) {
        CRC32C sum = new CRC32C();
        sum.update(header);
        byte[] copy = header.clone();
        ByteBuffer.wrap(copy).putInt(copy.length - Integer.BYTES, (int) sum.getValue());
        return copy;
    }

    static byte[] line(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** What a buffer makes of a header that comes at once and whole. */
    static ProxyHeader parse(byte[] bytes) throws ProxyHeaderException {
        HeaderBuffer buffer = new HeaderBuffer();
        int count = buffer.measure(bytes, bytes.length);
        buffer.append(bytes, count);
        if (!buffer.isComplete()) {
            throw new AssertionError("not complete after " + count + " bytes");
        }
        return buffer.header();
    }
}
