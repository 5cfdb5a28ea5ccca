package forkd.posix;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A {@code /bin/cat} that surely runs: it has answered once, so its exec is over and it sleeps in read(2). Closing ends it
 * and waits for its end.
 */
final class RunningCat implements AutoCloseable {
    private final int pid;
    private final SocketPair pair;

    RunningCat(Inherited... more) throws IOException {
        pair = Sockets.socketpair(SocketType.SOCK_STREAM);
        List<Inherited> inherited = new ArrayList<>(List.of(more));
        inherited.add(new Inherited(pair.second(), Fd.STDIN));
        inherited.add(new Inherited(pair.second(), Fd.STDOUT));
        pid = Posix.spawn(new SpawnRequest("/bin/cat", List.of("cat"), List.of(), inherited));
        pair.second().close();
        TestSockets.send(pair.first(), "?");
        TestSockets.receive(pair.first());
    }

    int pid() {
        return pid;
    }

    /** Its standard input and output. */
    Fd socket() {
        return pair.first();
    }

    @Override
    public void close() throws ErrnoException {
        pair.close();
        Children.awaitEnd(pid);
    }
}
