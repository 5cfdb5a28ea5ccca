package forkd.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class WorkerContractTest {

    @Test
    void theTitleNamesTheConnectionTheHandlerAndTheClient() {
        assertEquals("forkd: worker 7 echo 127.0.0.1:53412", WorkerContract.title(7, "echo", "127.0.0.1:53412"));
    }

    @Test
    void theProcessNameFitsIntoTheKernelsFifteenBytes() {
        assertTrue(WorkerContract.PROCESS_NAME.length() <= 15);
    }

    @Test
    void theConnectionIsStandardInputAndOutput() {
        assertEquals(0, WorkerContract.CONNECTION_IN);
        assertEquals(1, WorkerContract.CONNECTION_OUT);
    }
}
