package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Connections over every limit and policy in turn, and what the launcher has before and after them. */
final class Flood {
    private static final int AT_ONCE = 50;
    private static final int WARM_UP = 4;
    /** A client's port cannot be had again for a minute, and there are fewer ports of an address than connections. */
    private static final int SOURCES = 8;
    /** A hundred bytes for each of some thousand connections would be more. */
    private static final long MAX_HEAP_GROWTH = 256 << 10;
    /** The JVM takes memory for its heap, its code and what it knows of classes, up to some size. */
    private static final long MAX_GROWTH_KILOBYTES = 64 << 10;

    /** Keys of a service each. */
    private static final List<String> ALL = List.of(
            "max-connections = 5; max-per-source = 'none'",
            "max-connections = '5:close'; max-per-source = 'none'",
            "max-connections = '5:reject=no'; max-per-source = 'none'",
            "max-per-source = '5:queue'",
            "max-per-source = '5:close'",
            "max-per-source = '5:reject=no'",
            "rate = '2000/s,10'",
            "rate = '50/s,10:close'",
            "rate = '50/s,10:reject=no'",
            "admin-from = '127.0.0.9'; max-connections = 8; max-per-source = 'none'",
            "penalty = 'crash=1s,exit=1s,refused=1s,min=0s'; max-per-source = '5:close'",
            "leftovers = 'kill'; max-connections = 5; max-per-source = 'none'",
            "idle-timeout = '10s'; max-lifetime = '1m'; max-connections = 5");

    private Flood() {}

    /**
     * So many connections in all, to one launcher that has a service for each limit.
     *
     * @param folder for its config file
     */
    static void run(int connections, Path folder) throws Exception {
        try (ForkdServer server = ForkdServer.serve("--config", config(folder))) {
            server.await("listening", line -> line.startsWith("listening "), ALL.size());
            long seen = 0;
            for (int i = 0; i < WARM_UP; i++) {
                seen += round(server, i); // the JVM's own threads and files are there after that
            }
            Usage before = settled(server, seen);
            int rounds = (connections + ALL.size() * AT_ONCE - 1) / (ALL.size() * AT_ONCE);
            for (int i = 0; i < rounds; i++) {
                seen += round(server, i);
            }
            Usage after = settled(server, seen);
            assertEquals(before.descriptors(), after.descriptors(), () -> before + " " + after);
            assertEquals(0, after.children(), () -> "" + after);
            // The JVM starts and ends threads of its compilers as it likes.
            assertTrue(after.threads() <= before.threads() + 2, () -> before + " " + after);
            assertTrue(after.heapBytes() <= before.heapBytes() + MAX_HEAP_GROWTH, () -> before + " " + after);
            assertTrue(
                    after.residentKilobytes() <= before.residentKilobytes() + MAX_GROWTH_KILOBYTES,
                    () -> before + " " + after);
            System.out.println(seen + " connections: " + before + " " + after);
        }
    }

    private static String config(Path folder) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < ALL.size(); i++) {
            text.append("[service.limit").append(i).append("]\nlisten = ['127.0.0.1:0']\ncommand = ['/bin/cat']\n");
            text.append(ALL.get(i).replace("; ", "\n")).append('\n');
        }
        return Files.writeString(folder.resolve("forkd.toml"), text).toString();
    }

    /** Some connections to each service; tells how many it were. */
    private static long round(ForkdServer server, int number) throws Exception {
        String source = "127.0.0." + (1 + number % SOURCES);
        for (int i = 0; i < ALL.size(); i++) {
            try (Crowd crowd = Crowd.leaving(server, i, AT_ONCE, source)) {
                List<String> odd = new ArrayList<>(crowd.answers(AT_ONCE));
                odd.removeIf(answer -> List.of(Crowd.SERVED, Crowd.CLOSED, "no").contains(answer));
                assertEquals(List.of(), odd);
            }
        }
        return (long) ALL.size() * AT_ONCE;
    }

    /** Waits until the log accounts for every connection: refused, or served and ended. */
    private static Usage settled(ForkdServer server, long connections) throws Exception {
        Eventually.equal(connections, () -> accounted(server.log()));
        // Whoever was told something may read it to the end: his connection is closed within a second.
        return Usage.settled(server);
    }

    private static long accounted(List<String> log) {
        long count = 0;
        for (String line : log) {
            if (line.startsWith("end ") || line.startsWith("reject ")) {
                count++;
            } else if (line.startsWith("rejects ")) {
                count += Events.number(line, "count");
            }
        }
        return count;
    }
}
