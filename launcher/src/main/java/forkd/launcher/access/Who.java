package forkd.launcher.access;

/** Whom a rule is about: one of {@code *}, {@code unix}, {@code uid:N}, {@code gid:N}, a block of addresses. */
public sealed interface Who {
    /** Whoever comes in a certain way. */
    enum Kind implements Who {
        /** Everybody. */
        ANY("*"),
        /** Every client of a Unix socket. */
        UNIX("unix");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /** The processes of one user. */
    record Uid(long id) implements Who {
        @Override
        public String toString() {
            return UID + id;
        }
    }

    /** The processes of one group. */
    record Gid(long id) implements Who {
        @Override
        public String toString() {
            return GID + id;
        }
    }

    /** The addresses of one block. */
    record Block(Cidr block) implements Who {
        @Override
        public int hashCode() {
            return block.hashCode();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Block that && that.block.equals(block);
        }

        @Override
        public String toString() {
            return block.toString();
        }
    }

    String UID = "uid:";
    String GID = "gid:";

    /** The last id; the one behind it stands for "no id" in system calls. */
    long MAX_ID = 0xffff_fffeL;

    /**
     * Reads one; names are looked up nowhere.
     *
     * @throws IllegalArgumentException with one line that says what is wrong
     */
    static Who parse(String text) {
        if (text.equals(Kind.ANY.text)) {
            return Kind.ANY;
        }
        if (text.equals(Kind.UNIX.text)) {
            return Kind.UNIX;
        }
        if (text.startsWith(UID)) {
            return new Uid(id(text, UID));
        }
        if (text.startsWith(GID)) {
            return new Gid(id(text, GID));
        }
        if (!text.chars().allMatch(Who::mayStandInAnAddress)) {
            throw new IllegalArgumentException("'" + IpLiteral.shown(text)
                    + "' is nobody: expected an address, a block such as 10.0.0.0/8, uid:N, gid:N, unix or *;"
                    + " names are not looked up");
        }
        return new Block(Cidr.parse(text));
    }

    private static boolean mayStandInAnAddress(int c) {
        return Character.digit(c, 16) >= 0 || c == '.' || c == ':' || c == '/' || c == '%';
    }

    private static long id(String text, String prefix) {
        String digits = text.substring(prefix.length());
        boolean number =
                !digits.isEmpty() && digits.length() <= 10 && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!number || Long.parseLong(digits) > MAX_ID) {
            throw new IllegalArgumentException("'" + IpLiteral.shown(text) + "' is no id: expected " + prefix
                    + "N with a number from 0 to " + MAX_ID);
        }
        return Long.parseLong(digits);
    }

    /** How narrow it is among those that fit one peer: a larger number is more specific. */
    default int specificity() {
        if (this instanceof Block block) {
            return block.block().prefix() + 1;
        }
        if (this instanceof Uid) {
            return 3;
        }
        if (this instanceof Gid) {
            return 2;
        }
        return this == Kind.UNIX ? 1 : 0;
    }
}
