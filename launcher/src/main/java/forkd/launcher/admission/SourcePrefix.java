package forkd.launcher.admission;

import forkd.launcher.access.Cidr;
import forkd.posix.InetAddr;

/**
 * How many leading bits of an address make a source: whoever has an IPv6 network has 2^64 addresses in it.
 *
 * @param four of an IPv4 address
 * @param six of an IPv6 address
 */
public record SourcePrefix(int four, int six) {
    public static final SourcePrefix USUAL = new SourcePrefix(32, 64);

    private static final int IPV4_BYTES = 4;
    private static final int BITS_4 = 32;
    private static final int BITS_6 = 128;

    /**
     * Reads {@code BITS4,BITS6}.
     *
     * @throws IllegalArgumentException with one line that says what is wrong
     */
    public static SourcePrefix parse(String text) {
        int comma = text.indexOf(',');
        if (comma < 0) {
            throw new IllegalArgumentException("'" + text + "' is not BITS4,BITS6, such as 32,64");
        }
        return new SourcePrefix(
                Numbers.parse(text.substring(0, comma), 0, BITS_4),
                Numbers.parse(text.substring(comma + 1), 0, BITS_6));
    }

    /** The source of a client. */
    public Source of(InetAddr peer) {
        byte[] address = peer.address().getAddress();
        return new Source.Network(Cidr.around(address, address.length == IPV4_BYTES ? four : six));
    }

    /** As it is written. */
    @Override
    public String toString() {
        return four + "," + six;
    }
}
