package forkd.launcher.proxy;

import forkd.posix.InetAddr;
import forkd.posix.SocketAddr;
import forkd.posix.UnixAddr;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/** The binary header of version 2: 16 bytes, addresses, TLVs. */
final class VersionTwo {
    static final byte[] SIGNATURE = {0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a};
    static final int FIXED_BYTES = 16;
    /**
     * Senders stay under 536 bytes, or little more with a certificate. More than this is refused: what is handed on has to fit
     * into a worker's environment.
     */
    static final int MAX_BYTES = 4096;

    private static final int COMMAND = 12;
    private static final int FAMILY = 13;
    private static final int LENGTH = 14;
    private static final int VERSION = 2;

    private static final int INET = 1;
    private static final int INET6 = 2;
    private static final int UNIX = 3;
    private static final int DGRAM = 2;
    private static final int UNIX_BYTES = 108;

    private static final int MAX_UNIQUE_ID = 128;
    private static final int SSL_BYTES = 5;

    private VersionTwo() {}

    /** How many bytes the header has, from its first 16. */
    static int length(byte[] bytes) throws ProxyHeaderException {
        int length = FIXED_BYTES + ((bytes[LENGTH] & 0xff) << 8 | (bytes[LENGTH + 1] & 0xff));
        if (length > MAX_BYTES) {
            throw new ProxyHeaderException("the header has " + length + " bytes; at most " + MAX_BYTES + " are taken");
        }
        return length;
    }

    /** Looks at the 13th and 14th byte, as far as they are there. */
    static void check(byte[] bytes, int size) throws ProxyHeaderException {
        if (size > COMMAND && (bytes[COMMAND] & 0xf0) >> 4 != VERSION) {
            throw new ProxyHeaderException("version " + ((bytes[COMMAND] & 0xf0) >> 4) + " is not known");
        }
        if (size > COMMAND && (bytes[COMMAND] & 0xf) > 1) {
            throw new ProxyHeaderException("command " + (bytes[COMMAND] & 0xf) + " is not known");
        }
        if (size > FAMILY && !isLocal(bytes)) {
            if (family(bytes) > UNIX) {
                throw new ProxyHeaderException("address family " + family(bytes) + " is not known");
            }
            if (protocol(bytes) > DGRAM) {
                throw new ProxyHeaderException("transport protocol " + protocol(bytes) + " is not known");
            }
        }
    }

    /** Reads a whole header, of {@link #length} bytes. */
    static ProxyHeader parse(byte[] bytes, int size) throws ProxyHeaderException {
        if (isLocal(bytes) || family(bytes) == 0 || protocol(bytes) == 0) {
            return new ProxyHeader(VERSION, isLocal(bytes), Optional.empty(), tlvsWithoutAddresses(bytes, size));
        }
        int addressBytes = addressBytes(family(bytes));
        if (size < FIXED_BYTES + addressBytes) {
            throw new ProxyHeaderException(
                    "the addresses need " + addressBytes + " bytes, and there are " + (size - FIXED_BYTES));
        }
        List<Tlv> tlvs = Tlv.parse(bytes, FIXED_BYTES + addressBytes, size);
        check(bytes, size, tlvs);
        return new ProxyHeader(VERSION, false, Optional.of(addresses(bytes)), tlvs);
    }

    /**
     * Where a proxy speaks for itself, or does not know for whom, whatever stands behind the 16 bytes is to be ignored. Many send TLVs there,
     * a checksum among them, so it is read where it can be.
     */
    private static List<Tlv> tlvsWithoutAddresses(byte[] bytes, int size) throws ProxyHeaderException {
        if (family(bytes) != 0) {
            return List.of();
        }
        List<Tlv> tlvs;
        try {
            tlvs = Tlv.parse(bytes, FIXED_BYTES, size);
        } catch (ProxyHeaderException e) {
            return List.of();
        }
        check(bytes, size, tlvs);
        return tlvs;
    }

    private static void check(byte[] bytes, int size, List<Tlv> tlvs) throws ProxyHeaderException {
        boolean summed = false;
        for (Tlv tlv : tlvs) {
            switch (tlv.type()) {
                case Tlv.CRC32C -> {
                    if (summed) {
                        throw new ProxyHeaderException("two checksums");
                    }
                    summed = true;
                    checkSum(bytes, size, tlv);
                }
                case Tlv.UNIQUE_ID -> {
                    if (tlv.length() > MAX_UNIQUE_ID) {
                        throw new ProxyHeaderException("the unique id has " + tlv.length() + " bytes, more than 128");
                    }
                }
                case Tlv.SSL -> {
                    if (tlv.length() < SSL_BYTES) {
                        throw new ProxyHeaderException("the TLV of TLS has " + tlv.length() + " bytes, less than 5");
                    }
                    tlv.inner(SSL_BYTES);
                }
                default -> {
                    // Any bytes are a value.
                }
            }
        }
    }

    /** RFC 4960, appendix B: over the whole header, with zeros in the place of the sum. */
    private static void checkSum(byte[] bytes, int size, Tlv tlv) throws ProxyHeaderException {
        if (tlv.length() != Integer.BYTES) {
            throw new ProxyHeaderException("the checksum has " + tlv.length() + " bytes, not 4");
        }
        byte[] copy = Arrays.copyOf(bytes, size);
        Arrays.fill(copy, tlv.offset(), tlv.offset() + Integer.BYTES, (byte) 0);
        CRC32C sum = new CRC32C();
        sum.update(copy);
        if ((int) sum.getValue() != tlv.bytes().getInt()) {
            throw new ProxyHeaderException("the checksum is wrong");
        }
    }

    private static ProxyHeader.Addresses addresses(byte[] bytes) {
        if (family(bytes) == UNIX) {
            return new ProxyHeader.Addresses(unix(bytes, FIXED_BYTES), unix(bytes, FIXED_BYTES + UNIX_BYTES));
        }
        int length = family(bytes) == INET ? 4 : 16;
        int ports = FIXED_BYTES + 2 * length;
        return new ProxyHeader.Addresses(
                inet(bytes, FIXED_BYTES, length, ports),
                inet(bytes, FIXED_BYTES + length, length, ports + Short.BYTES));
    }

    private static int addressBytes(int family) {
        return switch (family) {
            case INET -> 12;
            case INET6 -> 36;
            default -> 2 * UNIX_BYTES;
        };
    }

    private static SocketAddr inet(byte[] bytes, int at, int length, int portAt) {
        int port = ByteBuffer.wrap(bytes).getShort(portAt) & 0xffff;
        return InetAddr.of(Arrays.copyOfRange(bytes, at, at + length), port);
    }

    /** sun_path: a path up to its NUL, or an abstract name behind one, which the zeros behind it end. */
    private static SocketAddr unix(byte[] bytes, int at) {
        int end = at + UNIX_BYTES;
        if (bytes[at] == 0) {
            while (end > at + 1 && bytes[end - 1] == 0) {
                end--;
            }
            return end == at + 1
                    ? UnixAddr.UNNAMED
                    : new UnixAddr("@" + new String(bytes, at + 1, end - at - 1, StandardCharsets.UTF_8));
        }
        int nul = at;
        while (nul < end && bytes[nul] != 0) {
            nul++;
        }
        String path = new String(bytes, at, nul - at, StandardCharsets.UTF_8);
        // A relative path that begins with @ would be taken for an abstract name.
        return new UnixAddr(path.startsWith("@") ? "./" + path : path);
    }

    private static boolean isLocal(byte[] bytes) {
        return (bytes[COMMAND] & 0xf) == 0;
    }

    private static int family(byte[] bytes) {
        return (bytes[FAMILY] & 0xf0) >> 4;
    }

    private static int protocol(byte[] bytes) {
        return bytes[FAMILY] & 0xf;
    }
}
