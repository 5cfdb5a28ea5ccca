package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import forkd.posix.Errno;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Model auto where a JVM cannot be forked: one line that says why, and the model pool serves. */
@Timeout(120)
@Execution(ExecutionMode.CONCURRENT)
class FallbackIT {
    /** Yama and Docker answer EPERM, SELinux EACCES, a kernel or a sandbox without the call ENOSYS or EIO. */
    @ParameterizedTest
    @EnumSource(names = {"EPERM", "EACCES", "ENOSYS", "EIO"})
    void whereTracingIsRefused(Errno errno) throws Exception {
        try (ForkdServer server = launch(Refusal.ofPtrace(errno), "--model", "auto")) {
            servesByPool(server, "tracing the zygote is not allowed: ptrace(PTRACE_SEIZE, ", errno + " (");
        }
    }

    @Test
    void whereTheCollectorIsAnother() throws Exception {
        try (ForkdServer server = launch(List.of(), "--model", "auto", "-J", "-XX:+UseParallelGC")) {
            servesByPool(server, "it needs Serial GC, and here is -XX:+UseParallelGC", "");
        }
    }

    /** All that can be asked before says yes, and the proof says no. */
    @Test
    void whereTheSelfTestFails() throws Exception {
        try (ForkdServer server = launch(Refusal.ofRevival(Errno.EPERM), "--model", "auto")) {
            String listening = server.await("listening", line -> line.startsWith("listening "));
            assertEquals("pool", Events.field(listening, "model"));
            assertEquals("served", ForkServers.ask(server, "served").strip());
            List<String> warnings =
                    server.log().stream().filter(Events::isWarning).toList();
            String last = warnings.get(warnings.size() - 1);
            assertTrue(last.contains("model fork cannot be used: the self-test"), last);
            // Each try has its line before.
            assertTrue(
                    warnings.stream().limit(warnings.size() - 1).allMatch(line -> line.contains("; trying again")),
                    () -> "" + warnings);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"EPERM", "EACCES", "ENOSYS"})
    void modelForkSaysTheSameAndEnds(Errno errno) throws Exception {
        try (ForkdServer server = launch(Refusal.ofPtrace(errno), "--model", "fork")) {
            assertEquals(1, server.exitCode());
            assertEquals(1, server.log().size(), () -> "" + server.log());
            assertTrue(
                    server.log().get(0).startsWith("forkd: tracing the zygote is not allowed: "),
                    () -> "" + server.log());
        }
    }

    private static ForkdServer launch(List<String> wrapper, String... options) throws Exception {
        List<String> all = new ArrayList<>(List.of("-l", "127.0.0.1:0", "--pool-min-spare", "1"));
        if (List.of(options).contains("fork")) {
            all = new ArrayList<>(List.of("-l", "127.0.0.1:0"));
        }
        all.addAll(List.of(options));
        return ForkdServer.launchUnder(wrapper, all.toArray(String[]::new));
    }

    private static void servesByPool(ForkdServer server, String why, String errno) throws Exception {
        String listening = server.await("listening", line -> line.startsWith("listening "));
        assertEquals("pool", Events.field(listening, "model"));
        assertEquals("served", ForkServers.ask(server, "served").strip());
        List<String> warnings = server.log().stream().filter(Events::isWarning).toList();
        assertEquals(1, warnings.size(), () -> "" + server.log());
        String warning = warnings.get(0);
        assertTrue(warning.contains("model fork cannot be used: " + why), warning);
        assertTrue(warning.contains(errno), warning);
        assertTrue(warning.endsWith("; using model pool\""), warning);
    }
}
