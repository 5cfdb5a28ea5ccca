package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.crac.Core;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What user code is told of the fork: forkd's own hooks, and resources of org.crac. */
@Timeout(60)
class ForkHooksIT {
    private static final String ORDER = "before-handler before-two before-one after-one after-two after-handler handle";

    @Test
    void hooksAreCalledOnceBeforeTheForkAndOnceInEachWorker() throws Exception {
        try (ForkdServer server = ForkServers.serve(HookHandler.class)) {
            for (int i = 0; i < 3; i++) {
                assertEquals(ORDER, ForkServers.listen(server));
            }
            ForkServers.onlyTheStemIsLeft(server, 3);
            assertEquals(
                    1,
                    server.log().stream()
                            .filter(line -> line.equals("called before-one"))
                            .count());
            assertEquals(
                    3,
                    server.log().stream()
                            .filter(line -> line.endsWith(" text=\"called after-one\""))
                            .count(),
                    "calls of afterFork, which the self-test's worker must not make");
        }
    }

    @Test
    void aHookThatFailsBeforeTheForkEndsTheStart() throws Exception {
        try (ForkdServer server = ForkServers.launch(HookHandler.class, "-J", "-Dhooks.fail=before")) {
            assertEquals(1, server.exitCode());
            server.await(
                    "the reason",
                    line -> line.startsWith("forkd: ")
                            && line.contains("beforeFork")
                            && line.contains("java.lang.IllegalStateException: before-two on purpose"));
            server.await("the others are called all the same", line -> line.equals("called before-one"));
            assertTrue(server.log().stream().noneMatch(line -> line.startsWith("listening")), () -> "" + server.log());
        }
    }

    @Test
    void aHookThatFailsAfterTheForkEndsItsWorkerLikeTheHandler() throws Exception {
        try (ForkdServer server = ForkServers.serve(HookHandler.class, "-J", "-Dhooks.fail=after")) {
            assertEquals("", ForkServers.listen(server));
            server.await("the message", line -> line.contains(" text=\"forkd worker: connection 1: "));
            server.await("the trace", line -> line.contains("IllegalStateException: after-two on purpose"));
            assertEquals("1", Events.field(server.await("end", line -> line.startsWith("end id=1 ")), "exit"));
            server.await("the others are called all the same", line -> line.endsWith(" text=\"called after-handler\""));
            ForkServers.onlyTheStemIsLeft(server, 1);
        }
    }

    @Test
    void resourcesOfCracAreCheckpointedAndRestored() throws Exception {
        Path crac = Path.of(
                Core.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        try (ForkdServer server = ForkServers.serve(CracHandler.class, "--classpath", crac.toString())) {
            for (int id = 1; id <= 2; id++) {
                String calls = ForkServers.listen(server);
                long worker = WorkerProcessIT.worker(server, id);
                assertEquals("before-two before-one after-one-" + worker + " after-two-" + worker, calls.strip());
            }
        }
    }
}
