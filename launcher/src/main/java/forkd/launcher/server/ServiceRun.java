package forkd.launcher.server;

import forkd.launcher.admission.Admission;
import forkd.launcher.process.Children;
import forkd.launcher.process.LoggingLauncher;
import forkd.launcher.process.WorkerLauncher;
import forkd.launcher.process.WorkerLogs;
import forkd.launcher.process.WorkerStderr;
import forkd.launcher.process.WorkerTable;
import forkd.posix.Posix;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The life of one service: its listeners, its workers, its accept loop. Services of one launcher share its signals, its
 * {@link Children}, its log and the numbers of connections, and nothing else. Methods are called in their order here.
 */
final class ServiceRun implements AutoCloseable {
    private static final Random RANDOM = new Random();

    /** A stem ends as soon as it reads the end of file. */
    private static final Duration HELPERS_END = Duration.ofSeconds(2);

    private final Optional<String> name;
    private final ServerConfig config;
    private final Service service;
    private final EventLog log;
    private final AtomicLong ids;
    private final WakePipe wake = new WakePipe();
    private final EndWake ends = new EndWake(wake);
    private final ReloadRequest reload = new ReloadRequest(wake::wake);
    private final Admission admission;
    private final Refusals refusals;
    private final TimeLimits times;
    private final WorkerTable workers;
    private final WorkerLogs logs;
    private final WorkerLauncher launcher;
    private final List<Listener> listeners = new ArrayList<>();
    private boolean ended;

    /**
     * Nothing is open yet but what its threads talk over, and what the limits of time need.
     *
     * @param children of the launcher
     * @param ids numbers the connections of all services
     * @param log of the launcher
     * @throws ListenException where a limit of time cannot be applied
     */
    ServiceRun(ServedService served, Children children, AtomicLong ids, EventLog log) throws IOException {
        this.name = served.name();
        this.config = served.config();
        this.service = served.service();
        this.log = served.name().map(log::of).orElse(log);
        this.ids = ids;
        this.admission =
                new Admission(config.limits(), () -> RANDOM.nextInt(100), this.log::penalty, System.nanoTime());
        this.refusals = new Refusals(this.log);
        this.logs = new WorkerLogs(this.log::worker, service.user());
        this.launcher = service.stderr() == WorkerStderr.LOG
                ? new LoggingLauncher(service.launcher(), logs)
                : service.launcher();
        this.times = TimeLimits.open(config.times(), this.log);
        this.workers = new WorkerTable(
                config.limits().connections().number(),
                new WorkerEnds(admission, times::ended, logs::ended, this.log, ends),
                children,
                config.leftovers());
    }

    /** Opens the listeners: clients can connect, and wait. */
    void open(InheritedSockets inherited) throws IOException {
        named(() -> {
            listeners.addAll(Listeners.open(config.listen(), config.backlog(), inherited));
            times.checkListeners(listeners);
        });
    }

    /** Prepares what workers are made from. Blocks for as long as that takes. */
    void start() throws IOException {
        named(() -> launcher.start(new Handover(admission, workers, times, refusals, log, wake)));
    }

    /** Of several services the user is told which one it was. */
    private void named(Start.Step<IOException> step) throws IOException {
        try {
            step.run();
        } catch (IOException e) {
            throw name.isPresent() ? new ServiceException(name.get(), e) : e;
        }
    }

    List<Listener> listeners() {
        return listeners;
    }

    /** Accepts until the stop is requested, and ends the service. Blocks until the last worker has gone. */
    void serve(StopRequest stop) throws IOException {
        try {
            AccessControl access = new AccessControl(
                    config.access(), listeners.stream().map(Listener::name).toList(), log);
            access.announce();
            announce();
            service.warnings().forEach(log::warn);
            Gate gate = new Gate(
                    new Gate.Doors(access, admission, new Arrivals(config.limits()), workers, launcher),
                    refusals,
                    ends);
            int most = config.limits().connections().number();
            Entrance entrance = new Entrance(config.proxy(), most, gate, refusals);
            AcceptLoop loop = new AcceptLoop(listeners, gate, entrance, workers, launcher, wake, times, ids, log);
            loop.run(stop, reload);
            closeListeners();
            loop.finish(stop);
            refusals.flush();
        } finally {
            stopServing();
        }
        int left = workers.abandon();
        if (left > 0) {
            log.warn(left + " connections had no worker yet, and get none");
        }
        new Drain(workers, times, stop, config.drainTimeout(), log).run();
        workers.awaitHelpers(HELPERS_END);
    }

    private void announce() {
        for (Listener listener : listeners) {
            log.listening(
                    listener.address(),
                    listener.givenName(),
                    launcher.model(),
                    service.kind(),
                    service.name(),
                    Posix.getpid());
        }
    }

    /** Makes the service read its configuration again. Any thread. */
    void reload() {
        reload.signal();
    }

    /** Makes the service look whether it is to stop. Any thread. */
    void wake() {
        wake.wake();
        workers.recheck();
    }

    /** Ends what {@link #open} and {@link #start} have begun. Any thread; what they do goes wrong then. */
    void abandonStart() {
        closeListeners();
        workers.killHelpers();
    }

    /** Nobody can connect any more, and files of Unix sockets are gone. */
    private void closeListeners() {
        listeners.forEach(Listener::close);
    }

    private void stopServing() {
        closeListeners();
        if (!ended) {
            ended = true;
            launcher.close();
        }
    }

    @Override
    public void close() {
        stopServing();
        logs.close();
        times.close();
        wake.close();
    }
}
