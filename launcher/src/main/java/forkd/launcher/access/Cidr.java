package forkd.launcher.access;

import forkd.posix.InetAddr;
import java.nio.ByteBuffer;

/**
 * A block of addresses: {@code 10.0.0.0/8}, {@code 2001:db8::/32}, or one address. An IPv4-mapped IPv6 address is the IPv4
 * address in blocks and in peers alike, so {@code ::ffff:10.0.0.0/104} is 10.0.0.0/8, and {@code ::/0} is all of IPv6 and
 * nothing of IPv4.
 *
 * @param six whether it is a block of IPv6
 * @param high the first 64 bits of the network's address; an IPv4 address has its 32 bits at the top of them
 * @param low the last 64 bits
 * @param prefix how many leading bits the addresses of the block have in common
 */
public record Cidr(boolean six, long high, long low, int prefix) {
    static final int IPV4_BITS = 32;
    static final int IPV6_BITS = 128;
    private static final int MAPPED_BITS = IPV6_BITS - IPV4_BITS;

    public Cidr {
        if (prefix < 0 || prefix > (six ? IPV6_BITS : IPV4_BITS)) {
            throw new IllegalArgumentException("not a prefix length: " + prefix);
        }
        if (high != (high & highMask(prefix)) || low != (low & lowMask(prefix))) {
            throw new IllegalArgumentException("bits are set behind the prefix of " + prefix);
        }
    }

    /**
     * Reads {@code ADDRESS/PREFIX} or {@code ADDRESS}, without DNS.
     *
     * @throws IllegalArgumentException with one line that says what is wrong and, where bits of a host are set, the right form
     */
    public static Cidr parse(String text) {
        int slash = text.indexOf('/');
        byte[] address = IpLiteral.raw(slash < 0 ? text : text.substring(0, slash));
        int prefix = slash < 0
                ? address.length * Byte.SIZE
                : prefix(text.substring(slash + 1), address.length * Byte.SIZE, text);
        if (IpLiteral.isMapped(address)) {
            if (prefix < MAPPED_BITS) {
                throw IpLiteral.invalid(
                        text, "a block of ::ffff:... is one of IPv4 and has a prefix of " + MAPPED_BITS + " or more");
            }
            address = IpLiteral.unmapped(address);
            prefix -= MAPPED_BITS;
        }
        boolean six = address.length == IpLiteral.IPV6_BYTES;
        long high = high(address);
        long low = low(address);
        Cidr network = new Cidr(six, high & highMask(prefix), low & lowMask(prefix), prefix);
        if (network.high != high || network.low != low) {
            throw IpLiteral.invalid(
                    text,
                    "bits are set behind the prefix; write " + network + " for the block or " + host(six, high, low)
                            + " for the one address");
        }
        return network;
    }

    /** The block of this prefix length around an address of 4 or 16 bytes. */
    public static Cidr around(byte[] address, int prefix) {
        byte[] plain = IpLiteral.unmapped(address);
        return new Cidr(
                plain.length == IpLiteral.IPV6_BYTES,
                high(plain) & highMask(prefix),
                low(plain) & lowMask(prefix),
                prefix);
    }

    /** The block of one address of 4 or 16 bytes. */
    public static Cidr of(byte[] address) {
        byte[] plain = IpLiteral.unmapped(address);
        boolean isSix = plain.length == IpLiteral.IPV6_BYTES;
        return new Cidr(isSix, high(plain), low(plain), isSix ? IPV6_BITS : IPV4_BITS);
    }

    /** The block of this shorter prefix length around this one. */
    Cidr shortened(int length) {
        return new Cidr(six, high & highMask(length), low & lowMask(length), length);
    }

    /** Whether an address of 4 or 16 bytes in network order is in the block. */
    public boolean contains(byte[] address) {
        boolean mapped = IpLiteral.isMapped(address);
        if (six != (address.length == IpLiteral.IPV6_BYTES && !mapped)) {
            return false;
        }
        if (mapped) {
            return ((ByteBuffer.wrap(address).getLong(Long.BYTES) << IPV4_BITS) & highMask(prefix)) == high;
        }
        return (high(address) & highMask(prefix)) == high && (low(address) & lowMask(prefix)) == low;
    }

    private static int prefix(String digits, int bits, String whole) {
        if (digits.indexOf('.') >= 0 || digits.indexOf(':') >= 0) {
            throw IpLiteral.invalid(
                    whole, "a netmask stands behind the slash; write a prefix length, such as /" + bits / 2);
        }
        return IpLiteral.decimal(digits, bits, whole);
    }

    static long high(byte[] address) {
        ByteBuffer bytes = ByteBuffer.wrap(address);
        return address.length == IpLiteral.IPV4_BYTES ? (long) bytes.getInt() << IPV4_BITS : bytes.getLong();
    }

    static long low(byte[] address) {
        return address.length == IpLiteral.IPV4_BYTES
                ? 0
                : ByteBuffer.wrap(address).getLong(Long.BYTES);
    }

    static long highMask(int prefix) {
        return prefix >= Long.SIZE ? -1 : ~(-1L >>> prefix);
    }

    static long lowMask(int prefix) {
        return prefix <= Long.SIZE ? 0 : highMask(prefix - Long.SIZE);
    }

    private static String host(boolean six, long high, long low) {
        ByteBuffer bytes =
                ByteBuffer.allocate(IpLiteral.IPV6_BYTES).putLong(high).putLong(low);
        byte[] address = new byte[six ? IpLiteral.IPV6_BYTES : IpLiteral.IPV4_BYTES];
        bytes.rewind().get(address);
        return InetAddr.of(address, 0).host();
    }

    // Tables of rules ask for these; those that a record has by itself are ten times slower without the second
    // compiler.
    @Override
    public int hashCode() {
        return Long.hashCode(high * 31 + low) * 257 + prefix * 2 + (six ? 1 : 0);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Cidr cidr
                && cidr.high == high
                && cidr.low == low
                && cidr.prefix == prefix
                && cidr.six == six;
    }

    /** The shortest form that {@link #parse} reads as this block. */
    @Override
    public String toString() {
        String address = host(six, high, low);
        return prefix == (six ? IPV6_BITS : IPV4_BITS) ? address : address + "/" + prefix;
    }
}
