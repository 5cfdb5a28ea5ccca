package forkd.launcher.proxy;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** A type, a length and a value behind the addresses of a header of version 2. */
public final class Tlv {
    static final int ALPN = 0x01;
    static final int AUTHORITY = 0x02;
    static final int CRC32C = 0x03;
    static final int NOOP = 0x04;
    static final int UNIQUE_ID = 0x05;
    static final int SSL = 0x20;
    static final int NETNS = 0x30;

    private static final int PREFIX_BYTES = 3;

    private final int type;
    /** Where the value begins in what it was read from. */
    private final int offset;

    private final byte[] value;

    private Tlv(int type, int offset, byte[] value) {
        this.type = type;
        this.offset = offset;
        this.value = value;
    }

    /** Reads vectors that fill the range exactly. */
    static List<Tlv> parse(byte[] bytes, int from, int to) throws ProxyHeaderException {
        List<Tlv> all = new ArrayList<>();
        int at = from;
        while (at < to) {
            if (to - at < PREFIX_BYTES) {
                throw new ProxyHeaderException("a TLV is cut off at byte " + at);
            }
            int type = bytes[at] & 0xff;
            int length = (bytes[at + 1] & 0xff) << 8 | (bytes[at + 2] & 0xff);
            at += PREFIX_BYTES;
            if (length > to - at) {
                throw new ProxyHeaderException(
                        String.format("TLV 0x%02x of %d bytes is longer than the header", type, length));
            }
            all.add(new Tlv(type, at, Arrays.copyOfRange(bytes, at, at + length)));
            at += length;
        }
        return all;
    }

    public int type() {
        return type;
    }

    int offset() {
        return offset;
    }

    int length() {
        return value.length;
    }

    ByteBuffer bytes() {
        return ByteBuffer.wrap(value).asReadOnlyBuffer();
    }

    /** The vectors inside of this one, behind so many bytes of its own. */
    List<Tlv> inner(int skipped) throws ProxyHeaderException {
        return parse(value, skipped, value.length);
    }

    /** The value in hexadecimal digits, two a byte. */
    public String hex() {
        return HexFormat.of().formatHex(value);
    }

    /** The value as text; empty where it is none: not UTF-8, or with control characters, which an environment must not have. */
    public Optional<String> text() {
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(bytes()).toString();
            boolean plain = text.codePoints().noneMatch(c -> Character.isISOControl(c) || c == 0x2028 || c == 0x2029);
            return plain ? Optional.of(text) : Optional.empty();
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Tlv tlv && type == tlv.type && Arrays.equals(value, tlv.value);
    }

    @Override
    public int hashCode() {
        return type * 31 + Arrays.hashCode(value);
    }

    @Override
    public String toString() {
        return String.format("%02x=%s", type, hex());
    }
}
