package forkd.launcher.process;

import forkd.posix.Fd;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Where worker processes come from; the models of forkd differ in nothing else. All methods are called on the accept loop's
 * thread.
 */
public interface WorkerLauncher extends AutoCloseable {
    /**
     * Prepares what workers are made from, and proves it. Blocks; called once, before the listeners listen.
     *
     * @throws IOException with one line for the user, where there will be no workers
     */
    void start(LaunchListener listener) throws IOException;

    /** Whether it can take another connection now. When that changes from no to yes, the loop is woken. */
    boolean hasRoom();

    /**
     * Starts a worker process, a child of this one, that gets a copy of the connected descriptor: at once, or soon. The
     * listener is told, exactly once for each connection, whether there is one. Does not block.
     *
     * @param connection is given back to the listener, whose caller closes it
     */
    void launch(Incoming connection);

    /** Sockets on which answers come; the loop polls them and calls {@link #progress}. They stay this object's. */
    List<Fd> events();

    /** Takes the answers that have come. Blocks no longer than the programs that {@link #launch} has begun take to their exec. */
    void progress();

    /** {@code spawn}, {@code fork} or {@code pool}: the model of the {@code listening} event. */
    String model();

    /** Makes what workers are made from anew, where there is such a thing. */
    void reload();

    /** When {@link #progress} has something to do even if nothing comes; empty for never. */
    Optional<Duration> nextLook();

    /** Gives up what workers are made from; workers that live are left alone. */
    @Override
    void close();
}
