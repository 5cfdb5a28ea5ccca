package forkd.launcher.admission;

import forkd.launcher.access.Cidr;

/** Whom limits take for one and the same client. Its {@code toString} is what the event log prints. */
public sealed interface Source {
    /** All addresses of a block. */
    record Network(Cidr block) implements Source {
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
