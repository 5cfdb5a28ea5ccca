package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;

/** Connections over every limit and policy in turn, and what the launcher has before and after them. */
final class Flood {
    private static final int AT_ONCE = 50;
    /** A hundred bytes for each of some thousand connections would be more. */
    private static final long MAX_HEAP_GROWTH = 256 << 10;
    /** The JVM takes memory for its heap, its code and what it knows of classes, up to some size. */
    private static final long MAX_GROWTH_KILOBYTES = 64 << 10;

    private static final List<List<String>> ALL = List.of(
            List.of("--max-connections", "5", "--max-per-source", "none"),
            List.of("--max-connections", "5:close", "--max-per-source", "none"),
            List.of("--max-connections", "5:reject=no", "--max-per-source", "none"),
            List.of("--max-per-source", "5:queue"),
            List.of("--max-per-source", "5:close"),
            List.of("--max-per-source", "5:reject=no"),
            List.of("--rate", "2000/s,10"),
            List.of("--rate", "50/s,10:close"),
            List.of("--rate", "50/s,10:reject=no"),
            List.of("--admin-from", "127.0.0.9", "--max-connections", "8", "--max-per-source", "none"),
            List.of("--penalty", "crash=1s,exit=1s,refused=1s,min=0s", "--max-per-source", "5:close"),
            List.of("--leftovers", "kill", "--max-connections", "5", "--max-per-source", "none"),
            List.of("--idle-timeout", "10s", "--max-lifetime", "1m", "--max-connections", "5"));

    private Flood() {}

    /** So many connections in all. */
    static void run(int connections) throws Exception {
        for (List<String> options : ALL) {
            try (ForkdServer server = LimitsIT.serve(options, "/bin/cat")) {
                long seen = rounds(server, 4); // the JVM's own threads and files are there after that
                Usage before = settled(server, seen);
                for (int done = 0; done < connections / ALL.size(); done += AT_ONCE) {
                    seen += rounds(server, 1);
                }
                Usage after = settled(server, seen);
                assertEquals(before.descriptors(), after.descriptors(), () -> options + ": " + before + " " + after);
                assertEquals(0, after.children(), () -> options + ": " + after);
                // The JVM starts and ends threads of its compilers as it likes.
                assertTrue(after.threads() <= before.threads() + 2, () -> options + ": " + before + " " + after);
                assertTrue(
                        after.heapBytes() <= before.heapBytes() + MAX_HEAP_GROWTH,
                        () -> options + ": " + before + " " + after);
                assertTrue(
                        after.residentKilobytes() <= before.residentKilobytes() + MAX_GROWTH_KILOBYTES,
                        () -> options + ": " + before + " " + after);
                System.out.println(options + ": " + before + " " + after);
            }
        }
    }

    private static long rounds(ForkdServer server, int rounds) throws Exception {
        for (int i = 0; i < rounds; i++) {
            try (Crowd crowd = Crowd.leaving(server, AT_ONCE, "127.0.0.1")) {
                List<String> odd = new ArrayList<>(crowd.answers(AT_ONCE));
                odd.removeIf(answer -> List.of(Crowd.SERVED, Crowd.CLOSED, "no").contains(answer));
                assertEquals(List.of(), odd);
            }
        }
        return (long) rounds * AT_ONCE;
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
