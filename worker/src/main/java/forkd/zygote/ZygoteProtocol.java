package forkd.zygote;

import java.util.Set;

/**
 * What the launcher, the zygote, the stem and the workers say to each other: packets (SOCK_SEQPACKET) on one socket pair,
 * numbers in the machine's byte order. Byte 0 is the type; the rest is listed with it.
 *
 * <pre>
 *   zygote → launcher   READY     tid, offset of thread ids     warmed, and its main thread waits
 *                       FAILED    text                          it cannot serve; it ends
 *                       UNFIT     text                          it cannot be forked, and could serve otherwise; it ends
 *   launcher → zygote   THREAD    registers, name               one for each captured thread
 *                       SPLIT                                   fork the stem now
 *                       LEAVE                                   end as a JVM ends: it writes its start-up archive then
 *   zygote → launcher   STEM      pid, address of requests,     the stem is there; the first process waits for its end
 *                                 free room ({@link YoungRoom})
 *   launcher → stem     CONNECTION id, title, environment       fork a worker for it
 *                         + one to three descriptors
 *                       SPARE                                   fork a spare
 *                       SELF_TEST id, title                     fork a worker that tests itself
 *   worker → launcher   STARTED   pid, id                       this process has the connection (a spare: on the queue)
 *                       IDLE      pid                           this process is a spare
 *                       DONE      pid, id                       this process of the pool has handled it and waits again
 *   stem → launcher     FORK_FAILED errno, id                   there is no worker
 * </pre>
 *
 * <p>A spare waits for a CONNECTION packet of its own on a second socket pair, the queue, that all spares share. A packet
 * without a descriptor there ends the spare that gets it.
 *
 * <p>It is the worker and not the stem that reports a start. So the launcher never takes a connection for lost that is
 * served, nor one for served that is lost: workers hold the stem's end of the socket until they have reported, and when the
 * launcher reads the end of file there, the stem is gone and every worker that it made has reported.
 */
public final class ZygoteProtocol {
    /** The descriptor of the socket to the launcher, in the zygote and in the stem. */
    public static final int CONTROL_FD = 3;
    /** The descriptor of the queue of the spares. */
    public static final int QUEUE_FD = 4;

    /**
     * The end of a pipe, in a worker of the pool that serves several connections: the launcher closes the other end when workers
     * of this age are not wanted any more.
     */
    public static final int AGE_FD = 5;

    /** The VM's own thread, as the kernel has its name. */
    public static final String VM_THREAD = "VM Thread";

    /** The VM's watcher, "VM Periodic Task Thread": the kernel keeps 15 bytes. */
    static final String WATCHER = "VM Periodic Tas";

    /** The threads that a worker revives by itself, when it needs them. All others are revived by the launcher alone. */
    public static final Set<String> SELF_REVIVED = Set.of(VM_THREAD, WATCHER);

    public static final byte READY = 1;
    public static final byte FAILED = 2;
    public static final byte THREAD = 3;
    public static final byte SPLIT = 4;
    public static final byte STEM = 5;
    public static final byte CONNECTION = 6;
    public static final byte SPARE = 7;
    public static final byte SELF_TEST = 8;
    public static final byte STARTED = 9;
    public static final byte IDLE = 10;
    public static final byte FORK_FAILED = 11;
    public static final byte DONE = 12;
    public static final byte UNFIT = 13;
    public static final byte LEAVE = 14;

    /** Where the type stands. */
    public static final int TYPE = 0;
    /** In CONNECTION and SPARE: not 0 where the worker revives the VM Thread at once. */
    public static final int EARLY = 1;
    /**
     * In CONNECTION: which of its descriptors is the {@code cgroup.procs} that the worker writes itself to, before it reports; 0
     * where it does not.
     */
    public static final int CGROUP = 2;
    /** A pid (STEM, STARTED, IDLE), the main thread's id (READY), or an errno (FORK_FAILED). */
    public static final int NUMBER = 4;
    /**
     * The id of the connection; in READY the offset of a thread's id in the C library's descriptor of the thread; in STEM the address at which
     * it has the bytes of its requests, and so has each worker.
     */
    public static final int ID = 8;
    /** The length of a text: a title, a failure, a thread's name. */
    public static final int TEXT_LENGTH = 16;
    /** Of a CONNECTION: where its environment begins, a {@link forkd.posix.EnvironmentBlock} behind the title. */
    public static final int ENVIRONMENT = 20;
    /** Where that is: always at one place, for which a stem is prepared. */
    public static final int BLOCK = 512;
    /** The text, in UTF-8. */
    public static final int TEXT = 24;
    /** The registers of a thread, behind its name. */
    public static final int REGISTERS = TEXT + 16;

    /** The bytes of a packet without a text. */
    public static final int SHORT_BYTES = TEXT;
    /** The longest packet. Some of them have to fit into a socket's buffer (net.core.wmem_default, 208 KB). */
    public static final int MAX_BYTES = 32768;
    /** The longest text; longer ones are cut. */
    public static final int MAX_TEXT_BYTES = 2000;
    /** The longest title of a CONNECTION, likewise: as much as lies before its environment. */
    public static final int MAX_TITLE_BYTES = BLOCK - TEXT;

    /**
     * The descriptors of a CONNECTION: the socket, and what becomes the worker's descriptor 2, where it is not inherited. The one
     * of {@link #CGROUP} is the last.
     */
    public static final int SOCKET = 0;

    public static final int LOG = 1;
    /** The most descriptors of a packet. */
    public static final int MAX_DESCRIPTORS = 3;

    private ZygoteProtocol() {}
}
