package forkd.launcher.it;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Fifty thousand connections over every limit and policy. Minutes long: {@code mvn -Psoak verify}. */
@Tag("soak")
@Timeout(3600)
class LimitsSoakIT {
    @Test
    void fiftyThousandConnectionsLeaveNothing(@TempDir Path folder) throws Exception {
        Flood.run(50_000, folder);
    }
}
