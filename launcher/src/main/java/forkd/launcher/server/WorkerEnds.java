package forkd.launcher.server;

import forkd.launcher.admission.Admission;
import forkd.launcher.admission.Offence;
import forkd.launcher.process.Worker;
import forkd.launcher.process.WorkerListener;
import forkd.posix.Signal;
import forkd.posix.WaitStatus;
import java.util.Optional;
import java.util.function.Function;

/** The end of a worker: its slot is free, its source may have to pay for it, and the event log has its line. */
final class WorkerEnds implements WorkerListener {
    private final Admission admission;
    private final Function<Worker, Optional<String>> reason;
    private final EventLog log;
    private final EndWake ends;

    /** @param reason why forkd has ended a worker itself; empty where it has not */
    WorkerEnds(Admission admission, Function<Worker, Optional<String>> reason, EventLog log, EndWake ends) {
        this.admission = admission;
        this.reason = reason;
        this.log = log;
        this.ends = ends;
    }

    @Override
    public void ended(Worker worker, WaitStatus status) {
        long now = System.nanoTime();
        Optional<String> why = reason.apply(worker);
        log.end(worker.connection(), worker.pid(), status, now - worker.startNanos(), why);
        Optional<Offence> offence = why.isPresent() ? Optional.of(Offence.TIMEOUT) : offence(status);
        if (offence.isPresent()) {
            admission.ended(worker.connection(), offence.get(), now);
        } else {
            admission.free(worker.connection());
        }
        ends.ended();
    }

    /** SIGPIPE is the usual end of a program whose client has gone, and no crash. */
    private static Optional<Offence> offence(WaitStatus status) {
        if (status.exited()) {
            return status.exitCode() == 0 ? Optional.empty() : Optional.of(Offence.EXIT);
        }
        return status.signal() == Signal.SIGPIPE ? Optional.empty() : Optional.of(Offence.CRASH);
    }
}
