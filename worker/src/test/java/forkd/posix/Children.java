package forkd.posix;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Runs programs with {@link Posix#spawn} and takes them away again. */
final class Children {
    private Children() {}

    /** Waits for the end of a child, which is the only one of this process. */
    static WaitStatus awaitEnd(int pid) throws ErrnoException {
        while (Zombies.await().isPresent()) {
            Optional<EndedProcess> ended = Posix.waitpid(pid);
            if (ended.isPresent()) {
                return ended.get().status();
            }
        }
        throw new AssertionError("there is no child " + pid);
    }

    /** What the program writes to its standard output. */
    static String outputOf(List<String> argv, List<String> environment, Inherited... more) throws IOException {
        try (Pipe output = Posix.pipe()) {
            List<Inherited> inherited = new ArrayList<>(List.of(more));
            inherited.add(new Inherited(output.writeEnd(), Fd.STDOUT));
            int pid = Posix.spawn(new SpawnRequest(argv.get(0), argv, environment, inherited));
            output.writeEnd().close();
            String text = TestSockets.receiveAll(output.readEnd());
            awaitEnd(pid);
            return text;
        }
    }

    static WaitStatus statusOf(String... argv) throws IOException {
        return awaitEnd(Posix.spawn(new SpawnRequest(argv[0], List.of(argv), List.of(), List.of())));
    }
}
