package forkd.launcher.server;

import forkd.launcher.admission.Admission;
import forkd.launcher.freeze.ChildWatch;
import forkd.launcher.process.Incoming;
import forkd.launcher.process.LaunchListener;
import forkd.launcher.process.Worker;
import forkd.launcher.process.WorkerTable;
import forkd.posix.ErrnoException;

/**
 * The second half of an accept: the worker is there, or it is not. Either way the launcher's copy of the connection closes
 * here; a worker's copy then is the only one, and its end is the client's end of file.
 */
final class Handover implements LaunchListener {
    private final Admission admission;
    private final WorkerTable workers;
    private final TimeLimits times;
    private final Refusals refusals;
    private final EventLog log;
    private final WakePipe wake;

    Handover(
            Admission admission,
            WorkerTable workers,
            TimeLimits times,
            Refusals refusals,
            EventLog log,
            WakePipe wake) {
        this.admission = admission;
        this.workers = workers;
        this.times = times;
        this.refusals = refusals;
        this.log = log;
        this.wake = wake;
    }

    @Override
    public void started(Incoming connection, int pid) {
        Worker worker = new Worker(pid, connection.id(), connection.acceptNanos());
        times.started(worker, connection.socket(), System.nanoTime());
        connection.socket().close();
        // The event before the publication: from there on the reaper may write the worker's end.
        log.accept(connection, pid, workers.taken(), workers.maximum());
        workers.publish(worker);
    }

    @Override
    public void failed(Incoming connection, ErrnoException why) {
        connection.socket().close();
        workers.cancel();
        admission.free(connection.id());
        refusals.failed(connection, why, System.nanoTime());
    }

    @Override
    public void warn(String message) {
        log.warn(message);
    }

    @Override
    public void stem(int pid, String reason, double seconds) {
        log.stem(pid, reason, seconds);
    }

    @Override
    public void wake() {
        wake.wake();
    }

    @Override
    public ChildWatch children() {
        return workers;
    }
}
