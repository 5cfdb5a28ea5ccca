package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import forkd.posix.Errno;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A launcher that cannot wait for its workers. It is found out at the start or right after it. */
@Timeout(60)
class ReaperFailureIT {
    @ParameterizedTest
    @ValueSource(strings = {"--model fork", "--model pool", "--model spawn -- /bin/cat"})
    void endsTheServerAndIsTold(String model) throws Exception {
        List<String> options = new ArrayList<>(List.of("-l", "127.0.0.1:0"));
        options.addAll(List.of(model.split(" ")));
        try (ForkdServer server =
                ForkdServer.launchUnder(Refusal.ofReaping(Errno.EPERM), options.toArray(String[]::new))) {
            assertEquals(111, server.exitCode());
            List<String> log = server.log();
            List<String> failures = log.stream()
                    .filter(line -> !line.matches("(stem|listening|warn|stopping) .*"))
                    .toList();
            assertEquals(
                    List.of("forkd: waitpid(-1) failed: EPERM (Operation not permitted)"), failures, () -> "" + log);
        }
    }
}
