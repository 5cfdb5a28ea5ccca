package forkd.launcher.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The codes are an interface: they stand in the help and scripts ask for them. */
class ExitCodeTest {

    @ParameterizedTest
    @CsvSource({"OK, 0", "FAILED, 1", "USAGE, 2", "SYSTEM_CALL_FAILED, 111"})
    void hasTheDocumentedNumber(ExitCode exit, int number) {
        assertEquals(number, exit.code());
    }

    @Test
    void thereIsNoOther() {
        assertEquals(4, ExitCode.values().length);
    }
}
