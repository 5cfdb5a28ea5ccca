package forkd.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class ErrnoExceptionTest {
    private final ErrnoException exception = new ErrnoException("bind(127.0.0.1:80)", Errno.EACCES);

    @Test
    void saysTheCallAndTheErrorInOneLine() {
        assertEquals("bind(127.0.0.1:80) failed: EACCES (Permission denied)", exception.getMessage());
    }

    @Test
    void keepsTheCall() {
        assertEquals("bind(127.0.0.1:80)", exception.call());
    }

    @Test
    void keepsTheErrno() {
        assertEquals(Errno.EACCES, exception.errno());
    }

    @Test
    void isAFailureOfInputAndOutput() {
        assertInstanceOf(IOException.class, exception);
    }
}
