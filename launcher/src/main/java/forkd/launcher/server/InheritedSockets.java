package forkd.launcher.server;

import forkd.posix.ErrnoException;
import forkd.posix.InheritedListener;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The sockets that this process was born with: which are there, how they are called, and who has taken which. The protocol of
 * systemd, sd_listen_fds(3): LISTEN_FDS descriptors from 3 on are handed over, LISTEN_FDNAMES calls them, and LISTEN_PID says
 * to whom they were given, since a child inherits the variables as well.
 */
final class InheritedSockets {
    private static final int FIRST = 3;
    /** More than a service manager hands over, and less than what a wrong number would have us look at. */
    private static final int MOST = 4096;

    /** What systemd says where a socket has no name, and what systemd-socket-activate says. */
    private static final Set<String> NO_NAMES = Set.of("", "unknown", "stored");

    private final Map<String, String> environment;
    private final int pid;
    private final Set<Integer> taken = new HashSet<>();

    /**
     * One of them.
     *
     * @param listener the descriptor
     * @param name what the one who handed it over calls it
     */
    record Found(InheritedListener listener, Optional<String> name) {}

    /** @param environment this process's own */
    InheritedSockets(Map<String, String> environment, int pid) {
        this.environment = Map.copyOf(environment);
        this.pid = pid;
    }

    /** The socket under a number. */
    Found descriptor(InheritedDescriptor asked) throws ListenException {
        return new Found(claim(asked, asked.number()), called(handedOver().getOrDefault(asked.number(), "")));
    }

    /** The sockets that the service manager has handed over, those of the name only where one is asked for. */
    List<Found> systemd(SystemdSockets asked) throws ListenException {
        if (!environment.containsKey("LISTEN_FDS")) {
            throw new ListenException(asked, "no service manager has handed over a socket: LISTEN_FDS is not set");
        }
        if (!isForUs()) {
            throw new ListenException(
                    asked,
                    "the sockets were given to another process: LISTEN_PID is "
                            + environment.getOrDefault("LISTEN_PID", "not set") + ", and this is " + pid);
        }
        List<Found> found = new ArrayList<>();
        // In the order of the numbers, which is that of the unit file.
        Map<Integer, String> names = handedOver();
        for (int number = FIRST; number < FIRST + names.size(); number++) {
            String name = names.get(number);
            if (asked.name().isEmpty() || asked.name().get().equals(name)) {
                found.add(new Found(claim(asked, number), called(name)));
            }
        }
        if (found.isEmpty()) {
            throw new ListenException(
                    asked,
                    "no socket was handed over"
                            + asked.name().map(name -> " under that name").orElse("")
                            + ": LISTEN_FDS=" + environment.get("LISTEN_FDS") + ", LISTEN_FDNAMES="
                            + environment.getOrDefault("LISTEN_FDNAMES", ""));
        }
        return found;
    }

    /** What was handed over and nobody asked for: its clients would wait for ever. One line each. */
    List<String> unused() {
        List<String> lines = new ArrayList<>();
        handedOver().forEach((number, name) -> {
            if (!taken.contains(number)) {
                lines.add("nobody listens on descriptor " + number + " (" + name + ") of LISTEN_FDS; use -l systemd");
            }
        });
        return lines;
    }

    private static Optional<String> called(String name) {
        return NO_NAMES.contains(name) ? Optional.empty() : Optional.of(name);
    }

    private boolean isForUs() {
        return Integer.toString(pid).equals(environment.get("LISTEN_PID"));
    }

    /** Name by number; nothing where it is for another process. */
    private Map<Integer, String> handedOver() {
        Map<Integer, String> names = new HashMap<>();
        if (isForUs()) {
            String[] given = environment.getOrDefault("LISTEN_FDNAMES", "").split(":", -1);
            int count = count();
            for (int i = 0; i < count; i++) {
                names.put(FIRST + i, i < given.length ? given[i] : "unknown");
            }
        }
        return names;
    }

    private int count() {
        try {
            return Math.max(0, Math.min(MOST, Integer.parseInt(environment.getOrDefault("LISTEN_FDS", "0"))));
        } catch (NumberFormatException e) {
            return 0; // systemd() says so: nothing was handed over
        }
    }

    private InheritedListener claim(ListenSource asked, int number) throws ListenException {
        if (!taken.add(number)) {
            throw new ListenException(asked, "descriptor " + number + " is used by another --listen");
        }
        try {
            return InheritedListener.at(number);
        } catch (ErrnoException e) {
            throw new ListenException(
                    asked,
                    switch (e.errno()) {
                        case EBADF ->
                            "no descriptor " + number + " is open; the process that starts forkd has to leave it open";
                        case ENOTSOCK -> "descriptor " + number + " is no socket";
                        case EINVAL ->
                            "descriptor " + number
                                    + " is a socket that does not listen; a connected one belongs to a worker"
                                    + " (systemd: Accept=no)";
                        case ESOCKTNOSUPPORT -> "descriptor " + number + " is no stream socket";
                        default -> e.getMessage();
                    });
        }
    }
}
