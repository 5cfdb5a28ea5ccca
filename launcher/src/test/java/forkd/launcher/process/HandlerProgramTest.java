package forkd.launcher.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import forkd.posix.Fd;
import forkd.posix.InetAddr;
import java.util.List;
import org.junit.jupiter.api.Test;

class HandlerProgramTest {
    private final HandlerProgram program =
            new HandlerProgram(new WorkerJvm("/jdk/bin/java", List.of("-Xmx64m", "-cp", "worker.jar")), "echo");

    @Test
    void theArgumentsAreTheTitleTheOptionsAndTheWorkersOwn() {
        // A number that is nobody's; it is never used.
        Fd socket = new Fd(Integer.MAX_VALUE);
        Incoming connection = new Incoming(7, socket, InetAddr.of(new byte[] {127, 0, 0, 1}, 53_412), "*:7000", 0);

        assertEquals(
                List.of(
                        "forkd: worker 7 echo 127.0.0.1:53412",
                        "-Xmx64m",
                        "-cp",
                        "worker.jar",
                        "forkd.worker.WorkerMain",
                        "echo",
                        "127.0.0.1:53412"),
                program.argv(connection));
    }

    @Test
    void theProgramIsTheJvms() {
        assertEquals("/jdk/bin/java", program.path());
    }

    @Test
    void theLogNamesTheHandler() {
        assertEquals("handler", program.kind());
        assertEquals("echo", program.name());
    }
}
