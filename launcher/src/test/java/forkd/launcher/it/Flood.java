package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

/** Connections over every limit and policy in turn, and what the launcher has before and after them. */
final class Flood {
    private static final int AT_ONCE = 50;
    private static final int WARM_UP = 4;
    /** A client's port cannot be had again for a minute, and there are fewer ports of an address than connections. */
    private static final int SOURCES = 9;
    /** A hundred bytes for each of some thousand connections would be more. */
    private static final long MAX_HEAP_GROWTH = 256 << 10;
    /** The JVM takes memory for its heap, its code and what it knows of classes, up to some size. */
    private static final long MAX_GROWTH_KILOBYTES = 64 << 10;

    private static final String TCP = "127.0.0.1:0";
    private static final String CAT = "command = ['/bin/cat']; ";
    private static final String NO_SHARE = "max-per-source = 'none'; ";

    /** Two stems, two spares of one of them, and two JVMs that wait in a pool. */
    private static final int CHILDREN = 6;

    /**
     * A service.
     *
     * @param listen where; a folder of the test's stands for %s
     * @param keys of its options; the file of the rules stands for %s
     */
    private record Limited(String listen, String keys) {}

    private static final List<Limited> ALL = List.of(
            new Limited(TCP, CAT + NO_SHARE + "max-connections = 5"),
            new Limited(TCP, CAT + NO_SHARE + "max-connections = '5:close'"),
            new Limited(TCP, CAT + NO_SHARE + "max-connections = '5:reject=no'"),
            new Limited(TCP, CAT + "max-per-source = '5:queue'"),
            new Limited(TCP, CAT + "max-per-source = '5:close'"),
            new Limited(TCP, CAT + "max-per-source = '5:reject=no'"),
            new Limited(TCP, CAT + "rate = '2000/s,10'"),
            new Limited(TCP, CAT + "rate = '50/s,10:close'"),
            new Limited(TCP, CAT + "rate = '50/s,10:reject=no'"),
            new Limited(TCP, CAT + NO_SHARE + "admin-from = '127.0.0.9'; max-connections = '8:close'"),
            new Limited(TCP, CAT + "penalty = 'crash=1s,exit=1s,refused=1s,min=0s'; max-per-source = '5:close'"),
            new Limited(TCP, CAT + NO_SHARE + "leftovers = 'kill'; max-connections = 5"),
            new Limited(TCP, CAT + "idle-timeout = '10s'; max-lifetime = '1m'; max-connections = 5"),
            new Limited(TCP, CAT + "rules = '%s'; max-per-source = '5:close'"),
            new Limited(TCP + ",proxy-protocol=required", CAT + NO_SHARE + "max-starting = '2:50:9'"),
            new Limited("unix:%s/a", CAT + NO_SHARE + "max-connections = '5:reject=no'"),
            new Limited(
                    TCP, "handler = 'echo'; model = 'fork'; spares = '2'; " + NO_SHARE + "max-starting = '5:30:40'"),
            new Limited(TCP, "handler = 'echo'; model = 'fork'; spares = '0'; max-per-source = '5:reject=no'"),
            new Limited(
                    TCP,
                    "handler = 'echo'; model = 'pool'; connections-per-worker = 50; pool-min-spare = 2; "
                            + NO_SHARE
                            + "pool-max-spare = 2; max-connections = 5; max-starting = '5:30:40'"));

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
                seen += round(server, i, folder); // the JVM's own threads and files are there after that
            }
            Usage before = settled(server, seen);
            int rounds = (connections + ALL.size() * AT_ONCE - 1) / (ALL.size() * AT_ONCE);
            for (int i = 0; i < rounds; i++) {
                seen += round(server, i, folder);
            }
            Usage after = settled(server, seen);
            assertEquals(before.descriptors(), after.descriptors(), () -> before + " " + after);
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
        Path rules = Files.write(
                folder.resolve("rules"),
                List.of(
                        "deny 127.0.0.2",
                        "deny 127.0.0.3 reject=no",
                        "allow 127.0.0.4 max-per-source=2",
                        "allow 127.0.0.0/8 set ROLE=local"));
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < ALL.size(); i++) {
            text.append("[service.limit").append(i).append("]\n");
            text.append("listen = ['")
                    .append(String.format(ALL.get(i).listen(), folder))
                    .append("']\n");
            text.append(String.format(ALL.get(i).keys(), rules).replace("; ", "\n"))
                    .append('\n');
        }
        return Files.writeString(folder.resolve("forkd.toml"), text).toString();
    }

    /** Some connections to each service; tells how many it were. */
    private static long round(ForkdServer server, int number, Path folder) throws Exception {
        String source = "127.0.0." + (1 + number % SOURCES);
        for (int i = 0; i < ALL.size(); i++) {
            try (Crowd crowd = Crowd.leaving(client(server, i, folder, source), AT_ONCE)) {
                List<String> odd = new ArrayList<>(crowd.answers(AT_ONCE));
                odd.removeIf(answer -> List.of(Crowd.SERVED, Crowd.CLOSED, "no").contains(answer));
                assertEquals(List.of(), odd);
            }
        }
        return (long) ALL.size() * AT_ONCE;
    }

    private static Callable<Client> client(ForkdServer server, int index, Path folder, String source) {
        String listen = ALL.get(index).listen();
        if (listen.startsWith("unix:")) {
            return () -> Client.of(folder.resolve("a"));
        }
        int port = server.port("limit" + index);
        if (!listen.contains("proxy")) {
            return () -> Client.of(server.connectFrom(source, port));
        }
        AtomicInteger number = new AtomicInteger();
        return () -> {
            Client client = Client.of(server.connectFrom(source, port));
            // One in five says something that is no header.
            String header = number.getAndIncrement() % 5 == 0 ? "HELO\r\n" : "PROXY TCP4 192.0.2.1 192.0.2.2 7 8\r\n";
            client.output().write(header.getBytes(StandardCharsets.US_ASCII));
            return client;
        };
    }

    /** Waits until the log accounts for every connection: refused, or served and ended. */
    private static Usage settled(ForkdServer server, long connections) throws Exception {
        Eventually.equal(connections, () -> accounted(server.log()));
        Eventually.equal(CHILDREN, () -> Processes.childrenOf(server.pid()).size());
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
