package forkd.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InheritedListenerTest {

    @Test
    void aTakenListenerNeitherBlocksNorIsInherited() throws IOException {
        try (Fd made = Sockets.socket(Sockets.AF_INET, SocketType.SOCK_STREAM)) {
            Sockets.bind(made, TestSockets.loopback());
            Sockets.listen(made, 1);
            int number = Posix.duplicate(made.number()).release();
            Native.LIBC.fcntl(number, 2, 0); // F_SETFD: as exec leaves it

            InheritedListener found = InheritedListener.at(number);
            try (Fd taken = found.take()) {
                assertEquals(Sockets.AF_INET, found.family());
                assertTrue(Descriptors.isCloseOnExec(taken));
                assertEquals(Optional.empty(), Sockets.accept(taken), "it does not block");
            }
        }
    }

    @Test
    void standardInputIsMovedAwayAndLeadsNowhere() throws IOException {
        int saved = Posix.duplicate(0).release();
        try (Fd made = TestSockets.listener(TestSockets.loopback())) {
            Posix.dup2(made.number(), 0);

            try (Fd taken = InheritedListener.at(0).take()) {
                assertTrue(taken.number() > 2);
                assertEquals(Sockets.getsockname(made), Sockets.getsockname(taken));
                assertThrows(ErrnoException.class, () -> InheritedListener.at(0));
            }
        } finally {
            Posix.dup2(saved, 0);
            new Fd(saved).close();
        }
    }

    @Test
    void whatDoesNotListenIsLeftAlone() throws IOException {
        try (Fd socket = Sockets.socket(Sockets.AF_INET, SocketType.SOCK_STREAM)) {
            int number = socket.number();

            ErrnoException e = assertThrows(ErrnoException.class, () -> InheritedListener.at(number));

            assertEquals(Errno.EINVAL, e.errno());
            assertTrue(Descriptors.isOpen(number));
        }
    }

    @Test
    void accountsAreFoundByNameAndByNumber() {
        assertEquals(0, Accounts.user("root").orElseThrow());
        assertEquals(0, Accounts.group("root").orElseThrow());
        assertEquals(12, Accounts.user("12").orElseThrow());
        assertEquals(4294967294L, Accounts.group("4294967294").orElseThrow());
        assertFalse(Accounts.user("4294967295").isPresent(), "that one means: leave it");
        assertFalse(Accounts.user("no-such-user").isPresent());
        assertFalse(Accounts.group("no-such-group").isPresent());
    }
}
