package forkd.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class TraceStopTest {
    private static final int EXITED = 1;
    private static final int KILLED = 2;
    private static final int TRAPPED = 4;
    private static final int EVENT_STOP = 128 << 8;
    private static final int SIGKILL = 9;
    private static final int SIGTRAP = 5;
    private static final int SIGSTOP = 19;

    @Test
    void anEndIsNoStop() {
        assertTrue(new TraceStop(EXITED, 3).isEnd());
        assertTrue(new TraceStop(KILLED, SIGKILL).isEnd());
        assertFalse(new TraceStop(TRAPPED, SIGTRAP).isEnd());
    }

    @Test
    void aStepIsATrapWithoutAnEvent() {
        assertTrue(new TraceStop(TRAPPED, SIGTRAP).isStep());
        assertFalse(new TraceStop(TRAPPED, SIGTRAP | EVENT_STOP).isStep());
    }

    @Test
    void anInterruptedThreadIsNotStoppedWithItsProcess() {
        assertFalse(new TraceStop(TRAPPED, SIGTRAP | EVENT_STOP).isGroupStop());
        assertTrue(new TraceStop(TRAPPED, SIGSTOP | EVENT_STOP).isGroupStop());
    }

    @Test
    void aSignalOnItsWayIsToBePassedOn() {
        assertEquals(SIGSTOP, new TraceStop(TRAPPED, SIGSTOP).undelivered());
        assertEquals(0, new TraceStop(TRAPPED, SIGSTOP | EVENT_STOP).undelivered());
        assertEquals(0, new TraceStop(TRAPPED, SIGTRAP).undelivered());
    }
}
