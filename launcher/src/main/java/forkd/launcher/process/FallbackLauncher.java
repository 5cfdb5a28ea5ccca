package forkd.launcher.process;

import forkd.launcher.freeze.FreezeException;
import forkd.posix.Fd;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Model auto: the fork model where this machine can, else another one, with one line that says why. Which it is stands when
 * {@link #start} returns.
 */
public final class FallbackLauncher implements WorkerLauncher {
    private final Optional<String> objection;
    private final Supplier<WorkerLauncher> preferred;
    private final Supplier<WorkerLauncher> otherwise;
    private WorkerLauncher chosen;

    /**
     * Decides nothing yet.
     *
     * @param objection why the preferred one need not even be tried
     */
    public FallbackLauncher(
            Optional<String> objection, Supplier<WorkerLauncher> preferred, Supplier<WorkerLauncher> otherwise) {
        this.objection = objection;
        this.preferred = preferred;
        this.otherwise = otherwise;
    }

    @Override
    public void start(LaunchListener listener) throws IOException {
        if (objection.isPresent()) {
            fallBack(objection.get(), listener);
            return;
        }
        WorkerLauncher first = preferred.get();
        try {
            first.start(listener);
            chosen = first;
        } catch (FreezeException e) {
            first.close();
            if (e.isOfHandler()) {
                throw e; // it would fail in every model
            }
            fallBack(e.getMessage(), listener);
        }
    }

    private void fallBack(String why, LaunchListener listener) throws IOException {
        chosen = otherwise.get();
        listener.warn("model fork cannot be used: " + why + "; using model " + chosen.model());
        chosen.start(listener);
    }

    @Override
    public boolean hasRoom() {
        return chosen.hasRoom();
    }

    @Override
    public void launch(Incoming connection) {
        chosen.launch(connection);
    }

    @Override
    public List<Fd> events() {
        return chosen.events();
    }

    @Override
    public void progress() {
        chosen.progress();
    }

    @Override
    public String model() {
        return chosen.model();
    }

    @Override
    public void reload() {
        chosen.reload();
    }

    @Override
    public Optional<Duration> nextLook() {
        return chosen.nextLook();
    }

    @Override
    public void close() {
        if (chosen != null) {
            chosen.close();
        }
    }
}
