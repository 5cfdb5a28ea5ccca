package forkd.launcher.freeze;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProcessesTest {
    private static final int PID = (int) ProcessHandle.current().pid();
    /** One more than the greatest that there can be: proc(5), pid_max. */
    private static final int NOBODY = 1 << 22;

    @Test
    void aThreadHasAName() throws IOException {
        for (int tid : Processes.threads(PID)) {
            Processes.name(PID, tid).ifPresent(name -> assertFalse(name.isEmpty()));
        }
        assertFalse(Processes.name(PID, PID).isEmpty());
    }

    @Test
    void aThreadThatHasEndedHasNone() throws IOException {
        assertEquals(Optional.empty(), Processes.name(PID, NOBODY));
    }

    @Test
    void aProcessThatHasEndedHasNoThreads() throws IOException {
        assertEquals(List.of(), Processes.threads(NOBODY));
    }
}
