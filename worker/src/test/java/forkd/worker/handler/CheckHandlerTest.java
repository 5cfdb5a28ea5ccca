package forkd.worker.handler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import forkd.worker.FakeConnection;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The checks are right: here, in an ordinary JVM, all go well. Those that fill the memory or end the process are left out. */
@Timeout(60)
class CheckHandlerTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "threads",
                "executor",
                "timed waits",
                "thread dump",
                "parallel stream",
                "lambda",
                "class loading",
                "class of a jar",
                "reflection",
                "proxies",
                "files",
                "sockets",
                "selector",
                "TLS handshake",
                "process start",
                "secure random",
                "javac in the process",
                "JShell"
            })
    void whatAJvmCanWorks(String name) throws IOException {
        assertTrue(CheckHandler.NAMES.contains(name));
        assertEquals(CheckHandler.PASSED, answer(name));
    }

    @Test
    void whatThisJdkDoesNotHaveIsNoFailure() throws IOException {
        String expected = Runtime.version().feature() < 21
                ? CheckHandler.NOT_HERE + "virtual threads came with Java 21"
                : CheckHandler.PASSED;
        assertEquals(expected, answer("virtual threads"));
    }

    @Test
    void anUnknownCheckIsAFailure() throws IOException {
        assertEquals("java.lang.IllegalArgumentException: no check of that name", answer("nonsense"));
    }

    private static String answer(String name) throws IOException {
        FakeConnection connection = FakeConnection.sending(name + "\n");
        new CheckHandler().handle(connection);
        return connection.received();
    }
}
