package forkd.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SpawnerTest {
    private static final int MANY = 20;
    private static final int ROUNDS = 5;

    @TempDir
    private Path folder;

    private final Spawner spawner = new Spawner();

    private record Running(int number, Pipe output, Spawner.Begun begun) {}

    @Test
    void programsThatAreStartedSideBySideGetTheirOwnArgumentsAndDescriptors() throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            List<Running> all = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                Pipe output = Posix.pipe();
                all.add(new Running(i, output, spawner.begin(echo(i, output))));
            }
            for (Running one : all) {
                int pid = one.begun.finish();
                one.output.writeEnd().close();
                assertEquals(one.number + " is " + pid + "\n", TestSockets.receiveAll(one.output.readEnd()));
                one.output.readEnd().close();
                assertTrue(Children.awaitEnd(pid).exited());
            }
        }
    }

    private static SpawnRequest echo(int number, Pipe output) {
        return new SpawnRequest(
                "/bin/sh",
                List.of("sh", "-c", "echo " + number + " is $$"),
                List.of(),
                List.of(new Inherited(output.writeEnd(), Fd.STDOUT)));
    }

    @Test
    void oneThatCannotBeExecutedIsAnErrorAndNoChildAndTheOthersRun() throws IOException {
        String missing = folder.resolve("missing").toString();
        Spawner.Begun bad = spawner.begin(request(missing));
        Spawner.Begun good = spawner.begin(request("/bin/true"));

        ErrnoException e = assertThrows(ErrnoException.class, bad::finish);
        assertEquals(Errno.ENOENT, e.errno());
        assertEquals(0, Children.awaitEnd(good.finish()).exitCode());
        assertTrue(Posix.waitpid(-1).isEmpty());
    }

    @Test
    void whatIsBegunIsOnItsWay() throws Exception {
        Path mark = folder.resolve("mark");
        Spawner.Begun begun = spawner.begin(
                new SpawnRequest("/usr/bin/touch", List.of("touch", mark.toString()), List.of(), List.of()));
        while (!Files.exists(mark)) {
            Thread.onSpinWait();
        }
        assertEquals(0, Children.awaitEnd(begun.finish()).exitCode());
    }

    private static SpawnRequest request(String path) {
        return new SpawnRequest(path, List.of(path), List.of(), List.of());
    }
}
