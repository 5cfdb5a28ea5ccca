package forkd.zygote;

import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.LonePosix;
import forkd.posix.PacketBuffer;
import forkd.posix.Posix;
import forkd.posix.RawFork;
import forkd.posix.Resource;
import forkd.posix.ResourceLimit;
import forkd.posix.SignalDomain;
import forkd.posix.TitleArea;
import forkd.worker.ChannelSource;
import forkd.worker.ConnectionHandler;
import forkd.worker.ForkHooks;
import forkd.worker.WorkerContract;
import forkd.worker.WorkerExit;
import forkd.worker.WorkerMain;
import java.util.List;
import java.util.Optional;

/**
 * The child's side of a fork: from the first instruction to the end of the process. It never returns to the stem's loop.
 *
 * <p>The order matters. The report to
 * the launcher goes before the control socket is closed, and the title before the report, so that who reads the log finds
 * the process in ps. The cgroup is joined before the report, after which the launcher removes the cgroup as soon as nobody is in
 * it. Files are reopened before a class can be read from one. Seeds are renewed before the report: afterwards threads
 * of the user's may be revived. A spare does before it waits whatever it can do without a
 * connection.
 */
final class ForkedWorker {
    /** What a process writes to cgroup.procs, cgroups(7). */
    private static final byte[] ITSELF = {'0'};

    private final RawFork fork;
    private final ThreadRevival threads;
    private final SignalDomain domain;
    private final TitleArea title;
    private final PacketBuffer spareTitle;
    private final Repair repair;
    private final Environment environment;
    private final WorkerEnd end;
    private final Part part;
    /**
     * What a spare does before it waits; null where it does nothing. A class and not an interface: a call that comes to another class's
     * method than ever before is resolved anew, and each spare would do that.
     */
    private SparePractice practice;
    /** Made here once: in the child the first use of a method reference links it, which costs more than the whole fork. */
    private final ChannelSource channels = new AdoptedChannel(MainThreadBytes.ofForks());

    private final Optional<ResourceLimit> cpuLimit = Optional.ofNullable(System.getProperty(WorkerContract.CPU_LIMIT))
            .map(text -> ResourceLimit.parse(Resource.CPU, text));

    private final PacketBuffer report = PacketBuffer.inWorkerPages(ZygoteProtocol.SHORT_BYTES);

    /**
     * What differs between a worker and its {@link Rehearsal}.
     *
     * @param control the number of the socket to the launcher
     * @param queue the number of the spares' queue
     * @param handler handles the connection
     * @param hooks whether the user's hooks run
     * @param rehearsal whether the process goes on
     */
    record Part(int control, int queue, ConnectionHandler handler, boolean hooks, boolean rehearsal) {}

    ForkedWorker(
            RawFork fork,
            ThreadRevival threads,
            SignalDomain domain,
            TitleArea title,
            PacketBuffer spareTitle,
            Repair repair,
            Environment environment,
            WorkerEnd end,
            Part part) {
        this.fork = fork;
        this.threads = threads;
        this.domain = domain;
        this.title = title;
        this.spareTitle = spareTitle;
        this.repair = repair;
        this.environment = environment;
        this.end = end;
        this.part = part;
    }

    /** The same worker in another part: all that it does not name is shared. */
    ForkedWorker as(Part other) {
        return new ForkedWorker(fork, threads, domain, title, spareTitle, repair, environment, end, other);
    }

    /** What a spare of this does before it reports that it waits. */
    void practise(SparePractice toPractise) {
        practice = toPractise;
    }

    /** Does what the packet says and ends the process. */
    void run(byte type, PacketBuffer packet) {
        try {
            if (part.rehearsal()) {
                domain.rehearse();
            } else if (!domain.enter()) {
                RawFork.exit(WorkerExit.SYSTEM_CALL_FAILED.code());
            }
            if (packet.getByte(ZygoteProtocol.EARLY) != 0) {
                threads.reviveEarly();
            }
            repair.reseed();
            boolean spare = type == ZygoteProtocol.SPARE;
            int reportTo = part.control();
            if (spare) {
                awaitConnection(packet);
                reportTo = part.queue();
            }
            ErrnoException notJoined = join(packet);
            title.write(packet, ZygoteProtocol.TEXT, packet.getInt(ZygoteProtocol.TEXT_LENGTH));
            report(reportTo, ZygoteProtocol.STARTED, packet.getLong(ZygoteProtocol.ID));
            if (type == ZygoteProtocol.SELF_TEST) {
                settle();
                LonePosix.closeInherited(part.queue());
                threads.reviveForExit();
                environment.pretend(List.of()); // shutdown hooks may ask for it
                SelfTest.run();
            }
            if (cpuLimit.isPresent() && !part.rehearsal()) {
                Posix.setrlimit(cpuLimit.get());
            }
            takeOver(packet);
            if (!spare) {
                settle();
            }
            if (notJoined != null) {
                throw notJoined; // the message goes to the connection's log
            }
            LonePosix.closeInherited(part.queue());
            environment.become(packet);
            end.end(serve(packet.getLong(ZygoteProtocol.ID)), part.rehearsal());
        } catch (ErrnoException e) {
            System.err.println("forkd worker: " + e.getMessage());
            RawFork.exit(WorkerExit.SYSTEM_CALL_FAILED.code());
        } catch (Throwable e) { // whatever it is, this process must not go on as a second stem
            System.err.println("forkd worker: cannot start");
            e.printStackTrace();
            RawFork.exit(WorkerExit.BAD_CONTRACT.code());
        }
    }

    private WorkerExit serve(long id) {
        try {
            if (part.hooks()) {
                ForkHooks.runAfterFork();
            }
        } catch (Exception | Error e) { // it is the user's code, as the handler is, and ends the worker in the same way
            System.err.println("forkd worker: connection " + id + ": a hook's afterFork failed");
            e.printStackTrace();
            return WorkerExit.HANDLER_FAILED;
        }
        return WorkerMain.serve(part.handler(), id, channels);
    }

    /** What a process of its own must have before any code of the user's runs. From here on the stem may die unnoticed. */
    private void settle() throws Exception {
        // As long as a process holds the stem's end of the control socket the launcher does not see that the stem has
        // died.
        LonePosix.closeInherited(part.control());
        LonePosix.setProcessGroup();
        repair.run();
    }

    /**
     * A spare sleeps here until the queue gives it a connection, and reports over the queue then. The end of file means that the
     * launcher does not need it.
     */
    private void awaitConnection(PacketBuffer packet) throws Exception {
        if (practice != null) {
            practice.run();
        }
        title.write(spareTitle, ZygoteProtocol.TEXT, spareTitle.getInt(ZygoteProtocol.TEXT_LENGTH));
        report(part.control(), ZygoteProtocol.IDLE, 0);
        settle();
        if (packet.receiveRaw(part.queue()) <= 0 || packet.descriptor(ZygoteProtocol.SOCKET) < 0) {
            RawFork.exit(0);
        }
    }

    private void report(int socket, byte type, long id) {
        report.putByte(ZygoteProtocol.TYPE, type);
        report.putInt(ZygoteProtocol.NUMBER, fork.pid());
        report.putLong(ZygoteProtocol.ID, id);
        if (!report.sendRaw(socket, ZygoteProtocol.SHORT_BYTES)) {
            RawFork.exit(0); // the launcher is gone, and with it everybody who could know of this connection
        }
    }

    /**
     * Moves this process into the cgroup of its own, where it is to have one. It may have no right to do so: the kernel asks who
     * has opened the descriptor.
     *
     * @return why it is not there; null where all is well
     */
    private static ErrnoException join(PacketBuffer packet) {
        int index = packet.getByte(ZygoteProtocol.CGROUP);
        if (index == 0) {
            return null;
        }
        try (Fd processes = new Fd(packet.descriptor(index))) {
            Posix.write(processes, ITSELF, 0, ITSELF.length);
            return null;
        } catch (ErrnoException e) {
            return new ErrnoException("write(cgroup.procs)", e.errno());
        }
    }

    private void takeOver(PacketBuffer packet) throws ErrnoException {
        int log = packet.getByte(ZygoteProtocol.CGROUP) == ZygoteProtocol.LOG
                ? -1 // there is none
                : packet.descriptor(ZygoteProtocol.LOG);
        if (log >= 0) {
            LonePosix.dup2(log, WorkerContract.LOG);
            LonePosix.closeInherited(log);
        }
        int connection = packet.descriptor(ZygoteProtocol.SOCKET);
        LonePosix.dup2(connection, WorkerContract.CONNECTION_IN);
        LonePosix.dup2(connection, WorkerContract.CONNECTION_OUT);
        LonePosix.closeInherited(connection);
    }
}
