package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import forkd.worker.ConnectionHandler;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A handler that cannot be forked is refused before anything is accepted, with the reason and soon. */
@Timeout(120)
@Execution(ExecutionMode.CONCURRENT)
class ForkBadInputIT {
    private static final String PREFIX = "forkd: handler forkd.launcher.it.BadHandlers$";

    private static final String SELECTOR = "forkd: a selector or another epoll descriptor is open in the zygote";

    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of(
                        BadHandlers.ThrowsInConstructor.class,
                        PREFIX + "ThrowsInConstructor: its constructor failed:"
                                + " java.lang.IllegalStateException: on purpose"),
                Arguments.of(
                        BadHandlers.ThrowsInWarmUp.class,
                        PREFIX + "ThrowsInWarmUp: its warmUp failed: java.lang.IllegalStateException: on purpose"),
                Arguments.of(
                        BadHandlers.ErrorInWarmUp.class,
                        PREFIX + "ErrorInWarmUp: its warmUp failed: java.lang.AssertionError: on purpose"),
                Arguments.of(
                        BadHandlers.ThrowsInInitializer.class,
                        PREFIX + "ThrowsInInitializer cannot be created: java.lang.ExceptionInInitializerError"),
                Arguments.of(BadHandlers.ExitsInWarmUp.class, "the process has ended"),
                Arguments.of(BadHandlers.OpensASelector.class, SELECTOR),
                Arguments.of(BadHandlers.LeavesAThreadInASelector.class, ", of the thread event loop)"),
                Arguments.of(BadHandlers.LeavesASpinningThread.class, "spinner=-1}"),
                Arguments.of(BadHandlers.LeavesAThreadInAccept.class, "acceptor="));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void aHandlerThatCannotBeForkedIsRefused(Class<? extends ConnectionHandler> handler, String reason)
            throws Exception {
        long start = System.nanoTime();
        try (ForkdServer server = ForkServers.launch(handler)) {
            assertEquals(1, server.exitCode());
            report(handler.getSimpleName(), start);
            isRefused(server, reason);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-XX:NoSuchOption=1", "-Xmx1k", "--add-modules=no.such.module"})
    void anOptionThatTheJvmRefusesIsAUsageError(String option) throws Exception {
        long start = System.nanoTime();
        try (ForkdServer server = ForkServers.launch(ReportHandler.class, "-J", option)) {
            assertEquals(2, server.exitCode(), () -> "" + server.log());
            report("-J " + option, start);
            isRefused(server, "--java-option");
        }
    }

    @Test
    void tooFewDescriptorsAreRefused() throws Exception {
        try (ForkdServer server = ForkServers.launch(ReportHandler.class, "--rlimit", "nofile=24")) {
            assertEquals(1, server.exitCode());
            isRefused(server, "--rlimit nofile=24");
        }
    }

    @Test
    void aSelectorOfTheLastWarmUpIsRefusedToo() throws Exception {
        try (ForkdServer server = ForkServers.launch(BadHandlers.OpensASelectorLate.class, "--warm-up", "1")) {
            assertEquals(1, server.exitCode());
            isRefused(server, SELECTOR);
        }
    }

    @Test
    void whatCannotBeForkedMayBeServedFromThePool() throws Exception {
        try (ForkdServer server = ForkdServer.serve(
                "-l",
                "127.0.0.1:0",
                "--handler",
                BadHandlers.OpensASelector.class.getName(),
                "--classpath",
                EchoIT.testClasses())) {
            assertTrue(
                    server.log().get(0).startsWith("warn message=\"model fork cannot be used: a selector "),
                    () -> "" + server.log());
            assertEquals("open: true", ForkServers.listen(server));
        }
    }

    @Test
    void aSelectorThatIsClosedInTimeIsNoReasonToRefuse() throws Exception {
        try (ForkdServer server = ForkServers.serve(BadHandlers.ClosesItsSelector.class)) {
            assertEquals("open: false", ForkServers.listen(server));
        }
    }

    @Test
    void anExecutorThatWaitsIsNoReasonToRefuse() throws Exception {
        try (ForkdServer server = ForkServers.serve(BadHandlers.LeavesAWaitingExecutor.class)) {
            assertEquals("worked on pool-1-thread-1", ForkServers.listen(server));
        }
    }

    private static void isRefused(ForkdServer server, String reason) {
        List<String> own =
                server.log().stream().filter(line -> line.startsWith("forkd: ")).toList();
        assertEquals(1, own.size(), () -> "" + server.log());
        assertTrue(own.get(0).contains(reason), () -> "" + server.log());
        assertTrue(server.log().stream().noneMatch(line -> line.startsWith("listening")), () -> "" + server.log());
    }

    private static void report(String what, long start) {
        System.out.println(what + " refused after "
                + Duration.ofNanos(System.nanoTime() - start).toMillis() + " ms");
    }
}
