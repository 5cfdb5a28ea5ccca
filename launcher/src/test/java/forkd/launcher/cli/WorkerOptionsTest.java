package forkd.launcher.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import forkd.launcher.process.DescriptorStyle;
import forkd.launcher.process.WorkerProgram;
import forkd.launcher.process.WorkerStderr;
import forkd.posix.Errno;
import forkd.posix.ErrnoException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which descriptors workers get. */
class WorkerOptionsTest {
    @Test
    void aCommandIsExecutedAsItIs() throws ErrnoException {
        WorkerProgram program = parse().program(List.of("sh", "-c", "true"), "/bin", Optional.empty());

        assertEquals("/bin/sh", program.path());
        assertEquals(DescriptorStyle.INETD, program.style());
    }

    @Test
    void aCommandThatListensIsExecutedByTheShell() throws ErrnoException {
        WorkerProgram program = parse("--descriptor", "listen").program(List.of("/bin/cat"), null, Optional.empty());

        assertEquals(List.of("/bin/sh", "/bin/cat"), program.executables());
        assertEquals(DescriptorStyle.LISTEN, program.style());
    }

    @Test
    void aCommandThatIsNotThereIsAnError() {
        ErrnoException error =
                assertThrows(ErrnoException.class, () -> parse().program(List.of("cat"), "/nowhere", Optional.empty()));

        assertEquals(Errno.ENOENT, error.errno());
    }

    @Test
    void standardErrorIsTheLogUnlessItIsInherited() {
        assertEquals(WorkerStderr.LOG, parse().stderr());
        assertEquals(WorkerStderr.INHERIT, parse("--worker-stderr", "inherit").stderr());
    }

    private static WorkerOptions parse(String... arguments) {
        return Mixins.parse(new WorkerOptions(), arguments);
    }
}
