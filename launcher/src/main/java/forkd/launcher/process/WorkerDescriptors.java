package forkd.launcher.process;

import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.Inherited;
import forkd.posix.Posix;
import forkd.worker.WorkerContract;
import java.util.ArrayList;
import java.util.List;

/** Which descriptors a spawned program gets, and the variables that tell of them. */
final class WorkerDescriptors implements AutoCloseable {
    private static final List<String> LISTEN_VARIABLES = List.of(
            WorkerContract.LISTEN_FDS + "=1", WorkerContract.LISTEN_FDNAMES + "=" + WorkerContract.CONNECTION_NAME);

    private final DescriptorStyle style;
    private final Fd nothing;
    private final Fd ownLog;

    /** Opens what all workers get. */
    WorkerDescriptors(DescriptorStyle style) throws ErrnoException {
        this.style = style;
        boolean listen = style == DescriptorStyle.LISTEN;
        this.nothing = listen ? Posix.open("/dev/null") : null;
        this.ownLog = listen ? Posix.duplicate(WorkerContract.LOG) : null;
    }

    List<Inherited> of(Incoming connection) {
        return style == DescriptorStyle.LISTEN ? listen(connection) : inetd(connection);
    }

    private static List<Inherited> inetd(Incoming connection) {
        List<Inherited> descriptors = new ArrayList<>();
        descriptors.add(new Inherited(connection.socket(), WorkerContract.CONNECTION_IN));
        descriptors.add(new Inherited(connection.socket(), WorkerContract.CONNECTION_OUT));
        if (connection.log() != null) {
            descriptors.add(new Inherited(connection.log(), WorkerContract.LOG));
        }
        return descriptors;
    }

    private List<Inherited> listen(Incoming connection) {
        Fd log = connection.log() == null ? ownLog : connection.log();
        return List.of(
                new Inherited(nothing, Fd.STDIN),
                new Inherited(log, Fd.STDOUT),
                new Inherited(log, WorkerContract.LOG),
                new Inherited(connection.socket(), WorkerContract.FIRST_LISTEN_FD));
    }

    /** Besides LISTEN_PID, which nobody knows before the program runs. */
    List<String> variables() {
        return style == DescriptorStyle.LISTEN ? LISTEN_VARIABLES : List.of();
    }

    @Override
    public void close() {
        if (style == DescriptorStyle.LISTEN) {
            nothing.close();
            ownLog.close();
        }
    }
}
