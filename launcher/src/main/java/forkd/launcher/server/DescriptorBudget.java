package forkd.launcher.server;

import forkd.launcher.admission.AdmissionLimits;
import forkd.launcher.process.WorkerLogs;
import forkd.launcher.process.WorkerStderr;
import forkd.posix.ErrnoException;
import forkd.posix.Posix;
import forkd.posix.Resource;
import forkd.posix.ResourceLimit;
import java.io.File;
import java.util.List;

/**
 * The descriptors that the launcher may have, and how many workers they suffice for. A connection that has been accepted, and
 * for whose worker there is no descriptor left, would be reset; one that is over {@code --max-connections} waits, or is told.
 * So there are no more workers at once than there are descriptors for. The same holds for those that wait accepted: their
 * workers need more descriptors when their turn comes.
 *
 * @param most RLIMIT_NOFILE, getrlimit(2)
 * @param open how many are open before the first connection
 */
record DescriptorBudget(long most, int open) {
    /** For what comes and goes: connections that have no worker yet, refused ones that linger, stems, files of the JVM. */
    private static final int RESERVE = 160;

    /** Its pidfd. */
    private static final int OF_WORKER = 1;

    /** An end of the pipe of its messages. */
    private static final int OF_LOG = 1;

    /** So many may wait accepted in any case, where limits make connections wait so. */
    private static final int LEAST_WAITING = 64;

    /** The one of this process. */
    static DescriptorBudget read() throws ErrnoException {
        long soft = Posix.getrlimit(Resource.NOFILE).soft();
        String[] open = new File("/proc/self/fd").list();
        return new DescriptorBudget(
                soft == ResourceLimit.INFINITY ? Long.MAX_VALUE : soft, open == null ? 0 : open.length);
    }

    /**
     * The services, with fewer connections where all of them together would be too many, and with fewer that wait accepted
     * where the workers leave no descriptors for more; each with a warning that says so.
     */
    List<ServedService> fit(List<ServedService> services) {
        long free = most - open - RESERVE;
        long workers = 0;
        long waiting = 0;
        for (ServedService service : services) {
            free -= fixed(service);
            workers += (long) connections(service) * each(service);
            waiting += waitingMore(service);
        }
        if (workers + waiting <= free) {
            return services;
        }
        double part = Math.min(1, Math.max(0, free) / (double) workers);
        double waitingPart = waiting == 0 ? 1 : Math.min(1, Math.max(0, free - workers) / (double) waiting);
        return services.stream()
                .map(service -> withWaiting(withConnections(service, part), waitingPart))
                .toList();
    }

    private ServedService withConnections(ServedService served, double part) {
        int number = Math.max(1, (int) (connections(served) * part));
        if (number >= connections(served)) {
            return served;
        }
        String warning = "--max-connections is " + number + " here and not " + connections(served) + ": each takes "
                + each(served) + " descriptors of the launcher, which may have " + most + " (ulimit -n)";
        return with(served, served.config().limits().withConnections(number), warning);
    }

    private ServedService withWaiting(ServedService served, double part) {
        int number = leastWaiting(served) + (int) (waitingMore(served) * part);
        if (number >= served.config().limits().mostWaiting()) {
            return served;
        }
        String warning = "no more than " + number + " connections wait accepted here: each takes a descriptor of the"
                + " launcher, which may have " + most + " (ulimit -n)";
        return with(served, served.config().limits().withWaiting(number), warning);
    }

    private static ServedService with(ServedService served, AdmissionLimits limits, String warning) {
        return new ServedService(
                served.name(),
                served.config().withLimits(limits),
                served.service().withWarning(warning));
    }

    private static int connections(ServedService served) {
        return served.config().limits().connections().number();
    }

    /** Descriptors of a connection: those of its worker, and its own while its PROXY header is waited for. */
    private static int each(ServedService served) {
        boolean proxied = served.config().listen().stream().anyMatch(ListenSpec::isProxied);
        return OF_WORKER + (isLogged(served) ? OF_LOG : 0) + (proxied ? 1 : 0);
    }

    private static boolean isLogged(ServedService served) {
        return served.service().stderr() == WorkerStderr.LOG;
    }

    private static int leastWaiting(ServedService served) {
        return Math.min(LEAST_WAITING, served.config().limits().mostWaiting());
    }

    private static int waitingMore(ServedService served) {
        return served.config().limits().mostWaiting() - leastWaiting(served);
    }

    /** The listeners, the first connections that wait accepted, pipes that are held at both ends. */
    private static int fixed(ServedService served) {
        AdmissionLimits limits = served.config().limits();
        return served.config().listen().size()
                + leastWaiting(served)
                + (isLogged(served)
                        ? Math.min(WorkerLogs.HELD_ENDS, limits.connections().number())
                        : 0);
    }
}
