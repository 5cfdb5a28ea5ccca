package forkd.launcher.server;

import forkd.launcher.admission.Admission;
import forkd.launcher.admission.Offence;
import forkd.launcher.process.Worker;
import forkd.launcher.process.WorkerListener;
import forkd.posix.Errno;
import forkd.posix.ErrnoException;
import forkd.posix.Signal;
import forkd.posix.WaitStatus;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The end of a worker: its slot is free, its source may have to pay for it, and the event log has its line. */
final class WorkerEnds implements WorkerListener {
    private final Admission admission;
    private final Function<Worker, Optional<String>> reason;
    private final AfterLines afterLines;
    private final EventLog log;
    private final EndWake ends;
    private final Set<Errno> told = EnumSet.noneOf(Errno.class);
    private final Set<Errno> toldUnwatched = EnumSet.noneOf(Errno.class);

    /** Puts the end of a worker behind what the worker has written. */
    interface AfterLines {
        /**
         * Does not wait.
         *
         * @param then is called once, now or when the last line of this worker has been logged
         */
        void ended(long connection, int worker, Runnable then);
    }

    /** @param reason why forkd has ended a worker itself; empty where it has not */
    WorkerEnds(
            Admission admission,
            Function<Worker, Optional<String>> reason,
            AfterLines afterLines,
            EventLog log,
            EndWake ends) {
        this.afterLines = afterLines;
        this.admission = admission;
        this.reason = reason;
        this.log = log;
        this.ends = ends;
    }

    @Override
    public void ended(Worker worker, WaitStatus status) {
        long now = System.nanoTime();
        Optional<String> why = reason.apply(worker);
        // Before the line: who reads it may come again at once.
        Optional<Offence> offence = why.isPresent() ? Optional.of(Offence.TIMEOUT) : offence(status);
        if (offence.isPresent()) {
            admission.ended(worker.connection(), offence.get(), now);
        } else {
            admission.free(worker.connection());
        }
        afterLines.ended(
                worker.connection(),
                worker.pid(),
                () -> log.end(worker.connection(), worker.pid(), status, now - worker.startNanos(), why));
        ends.ended();
    }

    /** Says so once for each reason: the next worker's will be the same. */
    @Override
    public void notKilled(ErrnoException why) {
        if (told.add(why.errno())) {
            log.warn("what a worker has left behind cannot be killed: " + why.getMessage());
        }
    }

    /** Says so once for each reason. */
    @Override
    public void notWatched(ErrnoException why) {
        if (toldUnwatched.add(why.errno())) {
            log.warn("the end of a worker will be seen up to a second late: " + why.getMessage());
        }
    }

    /** SIGPIPE is the usual end of a program whose client has gone, and no crash. */
    private static Optional<Offence> offence(WaitStatus status) {
        if (status.exited()) {
            return status.exitCode() == 0 ? Optional.empty() : Optional.of(Offence.EXIT);
        }
        return status.signal() == Signal.SIGPIPE ? Optional.empty() : Optional.of(Offence.CRASH);
    }
}
