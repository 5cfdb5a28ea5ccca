package forkd.launcher.server;

import forkd.launcher.admission.Penalty;
import forkd.launcher.admission.Refusal;
import forkd.launcher.process.Incoming;
import forkd.posix.WaitStatus;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The event log: one logfmt line an event, the event's name first. The names and fields are an interface that scripts
 * wait for and people grep. Each line is one write(2), so lines of several processes do not mix. Any thread may call.
 */
public final class EventLog {
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final double NANOS_PER_SECOND = 1e9;

    private final OutputStream out;
    private final Optional<String> service;
    /** Shared by the logs of all services. */
    private final AtomicBoolean ended;

    /** @param out unbuffered; it stays the caller's */
    public EventLog(OutputStream out) {
        this(out, Optional.empty(), new AtomicBoolean());
    }

    private EventLog(OutputStream out, Optional<String> service, AtomicBoolean ended) {
        this.out = out;
        this.service = service;
        this.ended = ended;
    }

    /** The log of one of several services: its lines end with the service's name. */
    EventLog of(String name) {
        return new EventLog(out, Optional.of(name), ended);
    }

    /** From now on connections to this address are accepted. */
    public void listening(String address, Optional<String> name, String model, String kind, String program, int pid) {
        LogLine line = line("listening").field("addr", address);
        name.ifPresent(called -> line.field("name", called));
        write(line.field("model", model).field(kind, program).field("pid", pid));
    }

    public void accept(Incoming connection, int worker, int live, int maximum) {
        write(line("accept", connection).field("worker", worker).field("live", live + "/" + maximum));
    }

    public void end(long id, int worker, WaitStatus status, long nanos) {
        end(id, worker, status, nanos, Optional.empty());
    }

    /** The same for a worker that forkd may have ended itself, and why. */
    public void end(long id, int worker, WaitStatus status, long nanos, Optional<String> reason) {
        LogLine line = line("end").field("id", id).field("worker", worker);
        if (status.exited()) {
            line.field("exit", status.exitCode());
        } else {
            line.field("signal", status.signal());
        }
        if (status.coreDumped()) {
            line.field("core", "dumped");
        }
        if (reason.isPresent()) {
            line.field("reason", reason.get());
        }
        write(line.field("seconds", seconds(nanos)));
    }

    /** What a worker has written to descriptor 2: a line, or a piece of a long one. */
    public void worker(long id, int worker, String text, boolean more) {
        LogLine line = line("log").field("id", id).field("worker", worker);
        if (more) {
            line.field("more", true);
        }
        write(line.field("text", text));
    }

    /** From now on workers are forked from this process. */
    public void stem(int pid, String reason, double seconds) {
        write(line("stem")
                .field("pid", pid)
                .field("reason", reason)
                .field("seconds", seconds(Math.round(seconds * NANOS_PER_SECOND))));
    }

    /** A connection that was accepted and got no worker. */
    public void reject(Incoming connection, String reason, String error) {
        write(line("reject", connection).field("reason", reason).field("error", error));
    }

    /** A connection that was accepted and that a limit refuses. */
    public void reject(Incoming connection, Refusal why) {
        LogLine line = line("reject", connection).field("reason", why.reason());
        if (!why.limit().isEmpty()) {
            line.field("limit", why.limit());
        }
        write(line);
    }

    /** A connection that was accepted and that the rules deny. */
    public void denied(Incoming connection, String rule) {
        write(line("reject", connection).field("reason", "denied").field("rule", rule));
    }

    /** From now on connections are judged by the rules of this file. */
    public void rules(String file, int count) {
        write(line("rules").field("file", file).field("rules", count));
    }

    /** So many more connections got no worker for this reason; there were too many for a line each. */
    public void rejects(String reason, long count) {
        write(line("rejects").field("count", count).field("reason", reason));
    }

    /** From now on connections of a source are refused, for how its last ones have ended. */
    public void penalty(Penalty penalty) {
        write(line("penalty")
                .field("source", penalty.source())
                .field("reason", penalty.offence().name().toLowerCase(Locale.ROOT))
                .field("seconds", seconds(penalty.time().toNanos())));
    }

    /** Something that the operator should know and that does not end the server; nothing where it has ended. */
    public void warn(String message) {
        synchronized (ended) {
            // Whoever still makes something when a signal ends the start would say that it has been killed.
            if (!ended.get()) {
                write(line("warn").field("message", message));
            }
        }
    }

    /** The start of the end: no more connections are accepted, so many workers still run. */
    public void stopping(ShutdownMode mode, int live) {
        write(line("stopping")
                .field("mode", mode.name().toLowerCase(Locale.ROOT))
                .field("live", live));
    }

    /** From now on nothing is warned of. */
    void ending() {
        synchronized (ended) {
            ended.set(true);
        }
    }

    /** The last line. */
    public void stopped() {
        synchronized (ended) {
            ended.set(true);
            write(line("stopped"));
        }
    }

    /** Three digits behind the point. No Formatter: it takes longer than all the rest of a line. */
    static String seconds(long nanos) {
        long millis = (nanos + NANOS_PER_MILLI / 2) / NANOS_PER_MILLI;
        String fraction = Long.toString(millis % 1000 + 1000);
        return millis / 1000 + "." + fraction.substring(1);
    }

    /** Who it is, by way of which proxy, and where it came in. */
    private static LogLine line(String event, Incoming connection) {
        LogLine line = line(event).field("id", connection.id()).field("peer", connection.peer());
        if (connection.via().isPresent()) {
            line.field("via", connection.via().get());
        }
        // A name has no colon, an address has one.
        if (connection.listener().indexOf(':') < 0) {
            line.field("listener", connection.listener());
        }
        return line;
    }

    private static LogLine line(String event) {
        return new LogLine(event);
    }

    private void write(LogLine line) {
        if (service.isPresent()) {
            line.field("service", service.get());
        }
        byte[] bytes = line.toString().getBytes(StandardCharsets.UTF_8);
        try {
            out.write(bytes);
        } catch (IOException e) {
            // Whoever read the log is gone. Connections are worth more than lines about them, and there is no other
            // place to complain to.
            lost.incrementAndGet();
        }
    }

    private final AtomicLong lost = new AtomicLong();

    /** Lines that could not be written. */
    long lost() {
        return lost.get();
    }
}
