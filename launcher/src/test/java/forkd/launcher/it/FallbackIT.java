package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import forkd.posix.Errno;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

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

    /** As in a container. Titles cannot be set there either, which is no reason for anything. */
    @ParameterizedTest
    @ValueSource(strings = {"auto", "pool", "spawn"})
    void whereProcIsReadOnly(String model) throws Exception {
        PrivilegesIT.asRoot();
        assumeTrue(Commands.run("unshare", "--mount", "true").exit() == 0, "needs a mount namespace");
        // With "bind" it is this mount, of our own namespace; without it would be the file system, for all.
        String readOnly = "mount -o remount,bind,ro /proc && exec \"$@\"";
        try (ForkdServer server = launch(List.of("unshare", "--mount", "sh", "-c", readOnly, "sh"), "--model", model)) {
            server.await("listening", line -> line.startsWith("listening "));
            assertEquals("served", ForkServers.ask(server, "served").strip());
            server.await("end", line -> line.startsWith("end id=1 ") && line.contains(" exit=0 "));
            List<String> warnings =
                    server.log().stream().filter(Events::isWarning).toList();
            assertTrue(
                    warnings.stream().anyMatch(line -> line.contains("cannot set the process title")),
                    () -> "" + warnings);
            String second = "model fork cannot be used: it needs /proc to write";
            assertEquals(
                    model.equals("auto"),
                    warnings.stream().anyMatch(line -> line.contains(second)),
                    () -> "" + warnings);
            assertEquals(model.equals("auto") ? 2 : 1, warnings.size(), () -> "" + warnings);
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

    @Test
    void whereClone3IsRefusedProgramsAreStartedByClone() throws Exception {
        String[] options = {"-l", "127.0.0.1:0", "--model", "spawn", "--", "/bin/cat"};
        try (ForkdServer server = ForkdServer.launchUnder(Refusal.ofClone3(), options)) {
            server.await("listening", line -> line.startsWith("listening "));
            for (int i = 0; i < 3; i++) {
                try (Socket client = server.connect()) {
                    WorkerProcessIT.ping(client);
                }
            }
            server.await("end", line -> line.startsWith("end ") && line.contains(" exit=0 "), 3);
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
