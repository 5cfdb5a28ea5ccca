package forkd.launcher.freeze;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.Pipe;
import forkd.posix.Posix;
import java.util.List;
import org.junit.jupiter.api.Test;

class FrozenStemTest {
    /** Above every limit. */
    private static final int NOT_OPEN = 1 << 30;

    private static FrozenStem stem(Fd control, Fd queue) {
        return new FrozenStem(1, control, queue, 4096, List.of(), 720, new EarlyNeed());
    }

    @Test
    void itsOwnSocketsOutliveTheOthers() throws ErrnoException {
        Pipe pipe = Posix.pipe();
        try (FrozenStem own = stem(pipe.writeEnd(), pipe.writeEnd()).withOwnSockets()) {
            pipe.writeEnd().close();

            Posix.write(own.control(), new byte[1], 0, 1);
            Posix.write(own.queue(), new byte[1], 0, 1);
        }
        pipe.readEnd().close();
    }

    /** A stem ends when nobody holds the other end of its control socket. */
    @Test
    void withoutAQueueOfItsOwnNeitherItsControlSocketIsKept() throws ErrnoException {
        try (Pipe pipe = Posix.pipe()) {
            FrozenStem stem = stem(pipe.writeEnd(), new Fd(NOT_OPEN));

            assertThrows(ErrnoException.class, stem::withOwnSockets);

            pipe.writeEnd().close();
            assertTrue(Posix.isAtEnd(pipe.readEnd()));
            assertEquals(-1, Posix.read(pipe.readEnd(), new byte[1], 0, 1));
        }
    }
}
