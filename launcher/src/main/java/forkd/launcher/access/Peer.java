package forkd.launcher.access;

/** Who connects, as far as rules can tell. */
public sealed interface Peer {

    /** A client with an address, as a block of one. */
    record Inet(Cidr address) implements Peer {}

    /** A client with an address of 4 or 16 bytes, in network order. */
    static Peer inet(byte[] address) {
        return new Inet(Cidr.of(address));
    }

    /**
     * A client of a Unix socket: the ids of its process when it connected.
     *
     * @param uid its effective user, or {@link #UNKNOWN}
     * @param gid its effective group, or {@link #UNKNOWN}; its supplementary groups do not count
     */
    record Unix(long uid, long gid) implements Peer {
        /** No id: the user and group of nobody whom a rule could name. */
        public static final long UNKNOWN = -1;
    }
}
