package forkd.launcher.server;

import forkd.launcher.admission.Admission;
import forkd.launcher.process.Reaper;
import forkd.launcher.process.WorkerTable;
import forkd.posix.Posix;
import forkd.posix.ProcessTitle;
import forkd.posix.Signal;
import forkd.posix.Signals;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * The launcher's life: open the listeners, accept until a signal comes, drain, end. It must never talk to a client, run a
 * user's code or wait for a worker while it accepts.
 */
public final class Server {
    private static final String PROCESS_NAME = "forkd: launcher";

    private static final Random RANDOM = new Random();

    /** A stem ends as soon as it reads the end of file. */
    private static final Duration HELPERS_END = Duration.ofSeconds(2);

    private final ServerConfig config;
    private final Service service;
    private final EventLog log;

    public Server(ServerConfig config, Service service, EventLog log) {
        this.config = config;
        this.service = service;
        this.log = log;
    }

    /**
     * Serves until SIGTERM or SIGINT and returns when the last worker is gone. Called once, on the main thread.
     *
     * @throws IOException where a listener cannot be opened, before anything was accepted; or where the accept loop met
     *     an error that it must not meet. Nothing stays open.
     */
    public void run() throws IOException {
        // Ignored SIGCHLD, which exec may have left to us, would make the kernel reap our workers itself: wait(2).
        Signals.setDefault(Signal.SIGCHLD);
        try (WakePipe wake = new WakePipe()) {
            EndWake ends = new EndWake(wake);
            Admission admission =
                    new Admission(config.limits(), () -> RANDOM.nextInt(100), log::penalty, System.nanoTime());
            Refusals refusals = new Refusals(log);
            LifetimeLimit[] lifetime = new LifetimeLimit[1];
            WorkerTable workers = new WorkerTable(
                    config.limits().connections().number(),
                    new WorkerEnds(admission, worker -> lifetime[0].reasonOf(worker), log, ends));
            lifetime[0] = new LifetimeLimit(config.maxLifetime(), workers, log);
            StopRequest stop = new StopRequest(() -> {
                wake.wake();
                workers.recheck();
            });
            ReloadRequest reload = new ReloadRequest(wake::wake);
            List<Listener> listeners = new ArrayList<>();
            try {
                InheritedSockets inherited = new InheritedSockets(System.getenv(), Posix.getpid());
                listeners.addAll(Listeners.open(config.listen(), config.backlog(), inherited));
                inherited.unused().forEach(log::warn);
                new Reaper(workers).start();
                service.launcher().start(new Handover(admission, workers, refusals, log, wake));
                Signals.handle(Signal.SIGTERM, stop::signal);
                Signals.handle(Signal.SIGINT, stop::signal);
                Signals.handle(Signal.SIGHUP, reload::signal);
                setTitle(listeners);
                AccessControl access = new AccessControl(
                        config.access(), listeners.stream().map(Listener::name).toList(), log);
                access.announce();
                for (Listener listener : listeners) {
                    log.listening(
                            listener.address(),
                            listener.givenName(),
                            service.launcher().model(),
                            service.kind(),
                            service.name(),
                            Posix.getpid());
                }
                service.warnings().forEach(log::warn);
                Gate gate = new Gate(
                        new Gate.Doors(access, admission, new Arrivals(config.limits()), workers, service.launcher()),
                        refusals,
                        ends);
                AcceptLoop loop = new AcceptLoop(listeners, gate, workers, service.launcher(), wake, lifetime[0], log);
                loop.run(stop, reload);
                listeners.forEach(Listener::close);
                loop.finish();
                refusals.flush();
            } finally {
                listeners.forEach(Listener::close);
                service.launcher().close();
            }
            new Drain(workers, stop, config.drainTimeout(), log).run();
            workers.awaitHelpers(HELPERS_END);
        }
        log.stopped();
    }

    private void setTitle(List<Listener> listeners) {
        String addresses = listeners.stream().map(Listener::address).collect(Collectors.joining(" "));
        try {
            ProcessTitle.set(PROCESS_NAME, PROCESS_NAME + " " + addresses);
        } catch (IOException e) {
            log.warn("cannot set the process title: " + e);
        }
    }
}
