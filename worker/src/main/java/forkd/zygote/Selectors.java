package forkd.zygote;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Selectors that are open before the fork. What is registered with one stands in the kernel's set behind its epoll descriptor, and
 * copies of a descriptor have one set: a worker would be told of the connections of all others, and could take them off.
 */
final class Selectors {
    private static final String FOLDER = "/proc/self/fd";
    private static final String EPOLL = "anon_inode:[eventpoll]";

    private Selectors() {}

    /** @throws UnforkableException where one is open, of the JDK's or of a native library's */
    static void check() throws IOException, UnforkableException {
        List<String> open = open();
        if (!open.isEmpty()) {
            throw new UnforkableException(
                    "a selector or another epoll descriptor is open in the zygote, and all workers would"
                            + " share what is registered with it (descriptor " + String.join(", ", open) + users()
                            + "); open it in the worker, or close it in beforeFork");
        }
    }

    private static List<String> open() throws IOException {
        List<String> open = new ArrayList<>();
        String[] numbers = new File(FOLDER).list();
        if (numbers == null) {
            throw new IOException(FOLDER + " cannot be read");
        }
        for (String number : numbers) {
            if (target(number).equals(EPOLL)) {
                open.add(number);
            }
        }
        return open;
    }

    private static String target(String number) throws IOException {
        try {
            // Reads a link and no file: it opens nothing for itself.
            return Files.readSymbolicLink(Path.of(FOLDER, number)).toString();
        } catch (NoSuchFileException e) {
            return ""; // closed since it was listed, as the one that the list was read from
        }
    }

    /** The threads that wait in one, for the message. */
    private static String users() {
        Set<String> names = new TreeSet<>();
        for (Map.Entry<Thread, StackTraceElement[]> thread :
                Thread.getAllStackTraces().entrySet()) {
            for (StackTraceElement frame : thread.getValue()) {
                if (frame.getClassName().equals("sun.nio.ch.EPoll")) {
                    names.add(thread.getKey().getName());
                }
            }
        }
        return names.isEmpty() ? "" : ", of the thread " + String.join(", ", names);
    }
}
