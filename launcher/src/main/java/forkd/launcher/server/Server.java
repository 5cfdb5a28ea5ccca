package forkd.launcher.server;

import forkd.launcher.process.Children;
import forkd.launcher.process.Reaper;
import forkd.posix.Posix;
import forkd.posix.ProcessTitle;
import forkd.posix.Signal;
import forkd.posix.Signals;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/**
 * The launcher's life: open the listeners, accept until a signal comes, drain, end. It must never talk to a client, run a
 * user's code or wait for a worker while it accepts. Of several services each accepts on a thread of its own.
 */
public final class Server {
    private static final String PROCESS_NAME = "forkd: launcher";

    private final List<ServedService> services;
    private final EventLog log;
    private final ToIntFunction<Throwable> failure;

    /**
     * @param services at least one
     * @param failure tells the user of what has ended the start on another thread than the main one; returns the exit code
     */
    public Server(List<ServedService> services, EventLog log, ToIntFunction<Throwable> failure) {
        this.services = List.copyOf(services);
        this.log = log;
        this.failure = failure;
    }

    /**
     * Serves until SIGTERM or SIGINT and returns when the last worker is gone. Called once, on the main thread.
     *
     * @throws IOException where a listener cannot be opened, before anything was accepted; or where an accept loop met an
     *     error that it must not meet, which ends all services. Nothing stays open.
     */
    public void run() throws IOException {
        // Ignored SIGCHLD, which exec may have left to us, would make the kernel reap our workers itself: wait(2).
        Signals.setDefault(Signal.SIGCHLD);
        Children children = new Children();
        AtomicLong ids = new AtomicLong();
        List<ServiceRun> runs = new ArrayList<>();
        Reaper reaper = new Reaper(children);
        try {
            for (ServedService service : DescriptorBudget.read().fit(services)) {
                runs.add(new ServiceRun(service, children, ids, log));
            }
            StopRequest stop = new StopRequest(() -> runs.forEach(ServiceRun::wake));
            Start start = new Start(stop, () -> endNow(runs));
            Signals.handle(Signal.SIGTERM, start::signal);
            Signals.handle(Signal.SIGINT, start::signal);
            Signals.handle(Signal.SIGHUP, () -> runs.forEach(ServiceRun::reload));
            InheritedSockets inherited = new InheritedSockets(System.getenv(), Posix.getpid());
            start.whole(() -> {
                for (ServiceRun run : runs) {
                    run.open(inherited);
                }
            });
            inherited.unused().forEach(log::warn);
            ServiceThreads threads = new ServiceThreads(runs, stop);
            Thread.setDefaultUncaughtExceptionHandler((thread, why) -> {
                start.failed(() -> failNow(runs, why));
                threads.failed(why);
            });
            reaper.start();
            for (ServiceRun run : runs) {
                run.start();
            }
            setTitle(runs);
            start.over();
            threads.run();
        } finally {
            runs.forEach(ServiceRun::close);
            reaper.close();
        }
        log.stopped();
    }

    private void endNow(List<ServiceRun> runs) {
        abandonStart(runs);
        log.stopped();
        Runtime.getRuntime().halt(0);
    }

    private void failNow(List<ServiceRun> runs, Throwable why) {
        abandonStart(runs);
        Runtime.getRuntime().halt(failure.applyAsInt(why));
    }

    /** Nothing runs yet that would have to be waited for. */
    private void abandonStart(List<ServiceRun> runs) {
        log.ending();
        runs.forEach(ServiceRun::abandonStart);
    }

    private void setTitle(List<ServiceRun> runs) {
        String addresses = runs.stream()
                .flatMap(run -> run.listeners().stream())
                .map(Listener::address)
                .collect(Collectors.joining(" "));
        try {
            ProcessTitle.set(PROCESS_NAME, PROCESS_NAME + " " + addresses);
        } catch (IOException e) {
            log.warn("cannot set the process title: " + e);
        }
    }
}
