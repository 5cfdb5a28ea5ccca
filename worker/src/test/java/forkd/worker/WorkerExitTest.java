package forkd.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The codes are an interface: scripts and the launcher's log show them. */
class WorkerExitTest {

    @ParameterizedTest
    @CsvSource({"HANDLED, 0", "HANDLER_FAILED, 1", "BAD_CONTRACT, 2", "CONNECTION_LOST, 3", "SYSTEM_CALL_FAILED, 111"})
    void hasTheDocumentedCode(WorkerExit exit, int code) {
        assertEquals(code, exit.code());
    }

    @Test
    void thereIsNoOther() {
        assertEquals(5, WorkerExit.values().length);
    }
}
