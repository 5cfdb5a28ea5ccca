package forkd.launcher.freeze;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import forkd.posix.Posix;
import forkd.posix.Resource;
import forkd.posix.ResourceLimit;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessLimitTest {
    @Test
    void isTheSoftOne() throws IOException {
        assertEquals(
                65536,
                ProcessLimit.FILE_SIZE.of(List.of(
                        "Limit                     Soft Limit           Hard Limit           Units     ",
                        "Max cpu time              unlimited            unlimited            seconds   ",
                        "Max file size             65536                unlimited            bytes     ")));
    }

    @Test
    void mayBeNone() throws IOException {
        assertEquals(
                ResourceLimit.INFINITY,
                ProcessLimit.FILE_SIZE.of(
                        List.of("Max file size             unlimited            unlimited            bytes     ")));
    }

    @Test
    void hasToBeThere() {
        assertThrows(IOException.class, () -> ProcessLimit.FILE_SIZE.of(List.of("Max cpu time 1 2 seconds")));
    }

    @Test
    void isTheKernels() throws IOException {
        int pid = Posix.getpid();
        assertEquals(Posix.getrlimit(pid, Resource.FSIZE).soft(), ProcessLimit.FILE_SIZE.of(pid));
        assertEquals(Posix.getrlimit(pid, Resource.DATA).soft(), ProcessLimit.DATA.of(pid));
    }
}
