package forkd.launcher.freeze;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForkSupportTest {
    private static final String LINUX = "Linux 6.1";
    private static final String HOTSPOT = "OpenJDK 64-Bit Server VM 17.0.15+6";

    private static Optional<String> objection(String system, String architecture, String vm, String scope) {
        return ForkSupport.objection(new Machine(system, architecture, vm, true, () -> true, scope, true), List.of());
    }

    private static Optional<String> objectionToLibrary(boolean glibc, BooleanSupplier setcontext) {
        return ForkSupport.objection(new Machine(LINUX, "amd64", HOTSPOT, glibc, setcontext, "1", true), List.of());
    }

    private static boolean notAsked() {
        throw new AssertionError("nobody looks for setcontext in a library that is not there");
    }

    private static Optional<String> objectionTo(String... javaOptions) {
        return ForkSupport.objection(
                new Machine(LINUX, "amd64", HOTSPOT, true, () -> true, "not there", true), List.of(javaOptions));
    }

    @ParameterizedTest
    @ValueSource(strings = {"not there", "0", "1", "2"})
    void thereIsNothingAgainstAnOrdinaryMachine(String scope) {
        assertEquals(Optional.empty(), objection(LINUX, "amd64", HOTSPOT, scope));
        assertEquals(Optional.empty(), objection(LINUX, "amd64", "Java HotSpot(TM) 64-Bit Server VM 25", scope));
    }

    @Test
    void itTakesLinux() {
        assertEquals(
                Optional.of("it needs Linux, and here is Mac OS X 14"),
                objection("Mac OS X 14", "aarch64", HOTSPOT, "not there"));
    }

    @Test
    void itTakesX86() {
        assertEquals(
                Optional.of("it needs x86_64, and here is aarch64"), objection(LINUX, "aarch64", HOTSPOT, "not there"));
    }

    @Test
    void itTakesGlibc() {
        assertEquals(
                Optional.of("it needs glibc, and here is no libc.so.6 in this process"),
                objectionToLibrary(false, ForkSupportTest::notAsked));
        assertEquals(
                Optional.of("it needs glibc, and here is the C library has no setcontext"),
                objectionToLibrary(true, () -> false));
    }

    @Test
    void itTakesHotSpot() {
        assertEquals(
                Optional.of("it needs HotSpot, and here is Eclipse OpenJ9 VM 17"),
                objection(LINUX, "amd64", "Eclipse OpenJ9 VM 17", "not there"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-XX:+UseParallelGC", "-XX:+UseG1GC", "-XX:+UseZGC", "-XX:-UseSerialGC"})
    void itTakesSerialGc(String option) {
        assertEquals(Optional.of("it needs Serial GC, and here is " + option), objectionTo("-Xmx64m", option));
    }

    @Test
    void otherOptionsOfTheJvmAreWelcome() {
        assertEquals(Optional.empty(), objectionTo("-XX:+UseSerialGC", "-Xmx64m", "-XX:+UseStringDeduplication"));
    }

    @Test
    void itTakesLeaveToTrace() {
        assertEquals(
                Optional.of("it needs ptrace of children, and here is kernel.yama.ptrace_scope: 3"),
                objection(LINUX, "amd64", HOTSPOT, "3"));
    }

    @Test
    void itTakesAProcThatCanBeWritten() {
        Machine machine = new Machine(LINUX, "amd64", HOTSPOT, true, () -> true, "1", false);

        assertEquals(
                Optional.of("it needs /proc to write, and here is one that is mounted read-only, or none"),
                ForkSupport.objection(machine, List.of()));
    }

    @Test
    void theFindingsOfThisMachineAreComplete() {
        List<String> names = ForkSupport.preconditions(List.of()).stream()
                .map(ForkSupport.Precondition::name)
                .toList();
        assertEquals(
                List.of("Linux", "x86_64", "glibc", "HotSpot", "Serial GC", "ptrace of children", "/proc to write"),
                names);
    }

    @Test
    void aProcessOnGlibcHasItMapped(@TempDir Path folder) throws Exception {
        Path maps = folder.resolve("maps");
        String head = "7f00-7f10 r-xp 00000000 08:01 17 ";
        Files.writeString(maps, head + "/lib/ld-musl-x86_64.so.1\n" + head + "/usr/lib/libc++.so.1\n");
        assertFalse(Machine.isGlibcIn(maps));
        Files.writeString(maps, head + "/usr/lib/libm.so.6\n" + head + "/usr/lib/x86_64-linux-gnu/libc.so.6\n");
        assertTrue(Machine.isGlibcIn(maps));
        Files.writeString(maps, head + "/lib/x86_64-linux-gnu/libc-2.31.so\n");
        assertTrue(Machine.isGlibcIn(maps));
        assertFalse(Machine.isGlibcIn(folder.resolve("none")));
    }
}
