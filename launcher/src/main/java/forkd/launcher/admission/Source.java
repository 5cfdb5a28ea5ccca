package forkd.launcher.admission;

import forkd.launcher.access.Cidr;

/** Whom limits take for one and the same client. Its {@code toString} is what the event log prints. */
public sealed interface Source {
    /** All addresses of a block. */
    record Network(Cidr block) implements Source {
        // As in Cidr: without the second compiler those that a record has by itself are slow.
        @Override
        public int hashCode() {
            return block.hashCode();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Network network && network.block.equals(block);
        }

        @Override
        public String toString() {
            return block.toString();
        }
    }

    /** All processes of a user, on a Unix socket. */
    record User(long uid) implements Source {
        @Override
        public String toString() {
            return "uid:" + uid;
        }
    }
}
