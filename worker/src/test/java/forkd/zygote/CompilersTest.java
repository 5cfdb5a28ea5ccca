package forkd.zygote;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class CompilersTest {
    @Test
    void itIsWaitedNoLongerThanAsked() {
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> Compilers.awaitRest(Duration.ofMillis(50)));
    }
}
