package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import forkd.posix.Errno;
import forkd.worker.handler.CheckHandler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What {@code forkd doctor} prints, where the fork model works and where it does not. */
@Timeout(120)
class DoctorIT {
    private static final List<String> PRECONDITIONS =
            List.of("Linux", "x86_64", "glibc", "HotSpot", "Serial GC", "ptrace of children", "/proc to write");

    @Test
    void aMachineThatCanForkHasALineForEverything() throws Exception {
        long start = System.nanoTime();
        Commands.Result result = doctor(List.of());
        System.out.println(
                "doctor took " + Duration.ofNanos(System.nanoTime() - start).toMillis() + " ms\n" + result.output());
        assertEquals(0, result.exit(), result.output());
        List<String> names = new ArrayList<>(PRECONDITIONS);
        names.add("stem");
        names.addAll(CheckHandler.NAMES);
        names.add("time per fork");
        names.add("memory of an idle worker");
        for (String name : names) {
            assertTrue(has(result, name, "ok"), () -> name + " in: " + result.output());
        }
        // One heading for each part, the rows, and the verdict; nothing is warned of.
        assertEquals(names.size() + 5, result.output().lines().count(), result.output());
        assertTrue(result.output().strip().endsWith("The fork model works here."), result.output());
    }

    @ParameterizedTest
    @EnumSource(names = {"EPERM", "EACCES", "ENOSYS"})
    void whereTracingIsRefusedTheSelfTestSaysSo(Errno errno) throws Exception {
        Commands.Result result = doctor(Refusal.ofPtrace(errno));
        cannot(result, "stem", "tracing the zygote is not allowed: ptrace(PTRACE_SEIZE, ");
        assertTrue(result.output().contains(errno + " ("), result.output());
    }

    @Test
    void aPreconditionThatIsNotMetIsEnough() throws Exception {
        Commands.Result result = doctor(List.of(), "-J", "-XX:+UseG1GC");
        cannot(result, "Serial GC", "-XX:+UseG1GC");
        assertFalse(result.output().contains("Self-test"), result.output());
    }

    @Test
    void anOptionThatTheJvmRefusesIsNamed() throws Exception {
        Commands.Result result = doctor(List.of(), "-J", "-XX:NoSuchOption=1");
        cannot(result, "stem", "the JVM does not take a zygote's options: Unrecognized VM option 'NoSuchOption=1'");
    }

    private static Commands.Result doctor(List<String> wrapper, String... options) throws Exception {
        List<String> command = new ArrayList<>(wrapper);
        command.add(ForkdServer.executable());
        command.add("doctor");
        command.addAll(List.of(options));
        return Commands.run(command.toArray(String[]::new));
    }

    private static void cannot(Commands.Result result, String name, String finding) {
        assertEquals(1, result.exit(), result.output());
        assertTrue(has(result, name, "NO    " + finding), result.output());
        assertTrue(result.output().strip().endsWith("The fork model cannot be used here."), result.output());
    }

    private static boolean has(Commands.Result result, String name, String rest) {
        String row = String.format("  %-26s %s", name, rest);
        return result.output().lines().anyMatch(line -> line.startsWith(row));
    }
}
