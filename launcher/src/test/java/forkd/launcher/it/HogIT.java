package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A worker that takes what it can get, and the others, which answer meanwhile. Its user is one that nobody else uses, so that
 * the limit of its processes counts these only.
 */
@Timeout(120)
class HogIT {
    private static final String NOBODY_ELSE = "64123";
    private static final int ROUNDS = 100;
    /** Much more than an answer takes, and much less than nobody would wait. */
    private static final long PATIENCE_MILLIS = 2000;

    /** Processes of that user. */
    private static final int MOST = 60;
    /** A JVM has some twenty threads, which count like processes. */
    private static final int MOST_WITH_JVMS = 200;

    /** The first word is the order. */
    static final String SCRIPT = "read word; case $word in"
            + " loop) while :; do :; done;;"
            + " bomb) b() { b | b & }; (b) & exec sleep 60;;"
            + " session) setsid sleep 600 >/dev/null 2>&1 & echo $!;;"
            + " memory) exec perl -e '$x .= \"x\" x 1048576 while 1';;"
            + " *) echo $word; exec cat;; esac";

    @BeforeAll
    static void asRoot() {
        PrivilegesIT.asRoot();
    }

    /** Nothing of that user may be left, whatever has happened. What has ended counts until somebody has reaped it. */
    @AfterEach
    void nothingIsLeft() throws Exception {
        endAll();
        Eventually.equal(
                "", () -> Commands.run("ps", "-o", "pid=", "-U", NOBODY_ELSE).output());
    }

    private static void endAll() throws Exception {
        Commands.run("pkill", "-KILL", "-u", NOBODY_ELSE);
    }

    @Test
    void aBusyLoop() throws Exception {
        try (ForkdServer server = serve("--nice", "15", "--rlimit", "cpu=1");
                Socket neighbour = server.connect()) {
            begin(neighbour);
            order(server, "loop");
            order(server, "loop");
            answers(neighbour, "a busy loop");
            try (Socket late = server.connect()) {
                begin(late);
            }
            server.await("ends", line -> line.startsWith("end ") && line.matches(".* signal=SIG(XCPU|KILL) .*"), 2);
        }
    }

    @Test
    void aMemoryHog() throws Exception {
        try (ForkdServer server = serve("--rlimit", "as=200M");
                Socket neighbour = server.connect()) {
            begin(neighbour);
            order(server, "memory");
            answers(neighbour, "a memory hog");
            server.await("end", line -> line.startsWith("end id=2 ") && !line.contains("exit=0 "));
            try (Socket late = server.connect()) {
                begin(late);
            }
        }
    }

    @Test
    void aForkBomb() throws Exception {
        try (ForkdServer server = serve("--rlimit", "nproc=" + MOST, "--nice", "15");
                Socket neighbour = server.connect()) {
            begin(neighbour);
            order(server, "bomb");
            awaitProcesses(server, 50);
            answers(neighbour, "a fork bomb");
            // A worker that cannot be started is a rejected connection and no more.
            try (Socket meanwhile = server.connect()) {
                meanwhile.getOutputStream().write("hello\n".getBytes(StandardCharsets.US_ASCII));
                int first = meanwhile.getInputStream().read();
                assertTrue(first == 'h' || first == -1, () -> "got " + first);
            }
            defuse(server);
            endAll(); // what has left the worker's process group
            try (Socket late = server.connect()) {
                begin(late);
            }
        }
    }

    /** The start of a pool's JVM counts, too. */
    @ParameterizedTest
    @CsvSource({"fork, 1", "pool, 5"})
    void aBusyLoopOfAHandler(String model, int seconds) throws Exception {
        try (ForkdServer server = handler(model, "--nice", "15", "--rlimit", "cpu=" + seconds);
                Socket neighbour = server.connect()) {
            begin(neighbour);
            order(server, "loop");
            order(server, "loop");
            answers(neighbour, "a busy loop of a handler, model " + model);
            try (Socket late = server.connect()) {
                begin(late);
            }
            server.await("ends", line -> line.startsWith("end ") && line.matches(".* signal=SIG(XCPU|KILL) .*"), 2);
        }
    }

    /** RLIMIT_AS would not let a JVM start; the size of the heap is what bounds it. */
    @ParameterizedTest
    @ValueSource(strings = {"fork", "pool"})
    void aMemoryHogOfAHandler(String model) throws Exception {
        try (ForkdServer server = handler(model, "-J-Xmx64m");
                Socket neighbour = server.connect()) {
            begin(neighbour);
            order(server, "memory");
            answers(neighbour, "a memory hog of a handler, model " + model);
            server.await("end", line -> line.startsWith("end id=2 ") && line.contains(" exit=1 "));
            server.await("why", line -> line.startsWith("log id=2 ") && line.contains("OutOfMemoryError"));
            try (Socket late = server.connect()) {
                begin(late);
            }
        }
    }

    @Test
    void aForkBombOfAForkedWorker() throws Exception {
        try (ForkdServer server = fork("--rlimit", "nproc=" + MOST, "--nice", "15");
                Socket neighbour = server.connect()) {
            begin(neighbour);
            order(server, "bomb");
            // The rest are threads, a dozen each, which the neighbour and the worker have got by then, or have not.
            awaitProcesses(server, 25);
            answers(neighbour, "a fork bomb of a forked worker");
            try (Socket meanwhile = server.connect()) {
                meanwhile.getOutputStream().write("hello\n".getBytes(StandardCharsets.US_ASCII));
                server.await("its refusal", line -> line.startsWith("reject id=3 ") && line.contains("EAGAIN"));
            }
            defuse(server);
            try (Socket late = server.connect()) {
                begin(late);
                ask(late, "garbage");
            }
        }
    }

    /** Without room for one more JVM no worker can be started; those that there are serve, and later there are others. */
    @Test
    void aForkBombOfAPooledWorker() throws Exception {
        try (ForkdServer server = handler("pool", "--rlimit", "nproc=200", "--nice", "15", "--pool-min-spare", "2");
                Socket neighbour = server.connect()) {
            begin(neighbour);
            order(server, "bomb");
            awaitProcesses(server, 50, MOST_WITH_JVMS);
            answers(neighbour, "a fork bomb of a pooled worker");
            defuse(server);
            endAll(); // what has left the worker's process group, and JVMs that wait
            try (Socket late = server.connect()) {
                begin(late);
                ask(late, "garbage");
            }
        }
    }

    /** Its process was the last one that the user may have; it gets the VM's threads when there is room. */
    @Test
    void aForkedWorkerWithoutRoomForThreadsGetsThemLater() throws Exception {
        Process others = null;
        try (ForkdServer server = fork("--rlimit", "nproc=" + MOST)) {
            // The stem, a shell and its programs; one more is left.
            others = new ProcessBuilder(
                            "setpriv",
                            "--reuid=" + NOBODY_ELSE,
                            "--clear-groups",
                            "sh",
                            "-c",
                            "i=3; while [ $i -lt " + MOST + " ]; do sleep 600 & i=$((i+1)); done; wait")
                    .start();
            awaitProcesses(server, MOST - 1);
            try (Socket client = server.connect()) {
                begin(client);
                client.getOutputStream().write("garbage\n".getBytes(StandardCharsets.US_ASCII));
                server.await("warning", line -> line.startsWith("warn ") && line.contains("without threads of the VM"));
                others.destroy();
                Commands.run("pkill", "-KILL", "-x", "-u", NOBODY_ELSE, "sleep");
                assertEquals("garbage\n", new String(client.getInputStream().readNBytes(8), StandardCharsets.US_ASCII));
            }
        } finally {
            if (others != null) {
                others.destroyForcibly();
            }
        }
    }

    private static void ask(Socket client, String line) throws IOException {
        client.getOutputStream().write((line + "\n").getBytes(StandardCharsets.US_ASCII));
        byte[] answer = client.getInputStream().readNBytes(line.length() + 1);
        assertEquals(line + "\n", new String(answer, StandardCharsets.US_ASCII));
    }

    /** All of its process group at once, as an administrator does: as many as there are, and however long they took to become that. */
    private static void defuse(ForkdServer server) throws Exception {
        Commands.run("kill", "-KILL", "--", "-" + WorkerProcessIT.worker(server, 2));
        server.await("end", line -> line.startsWith("end id=2 ") && line.contains(" signal=SIGKILL "));
    }

    private static void awaitProcesses(ForkdServer server, int count) throws Exception {
        awaitProcesses(server, count, MOST);
    }

    private static void awaitProcesses(ForkdServer server, int count, int allowed) throws Exception {
        long deadline = System.nanoTime() + ForkdServer.PATIENCE.toNanos();
        long found = 0;
        while (found < count) {
            found = Commands.run("ps", "-o", "pid=", "-U", NOBODY_ELSE)
                    .output()
                    .lines()
                    .count();
            long seen = found;
            assertTrue(System.nanoTime() < deadline, () -> "the bomb does not go off: " + seen + ", " + server.log());
        }
        assertTrue(found <= allowed, "more processes than allowed: " + found);
    }

    static void begin(Socket client) throws IOException {
        client.getOutputStream().write("hello\n".getBytes(StandardCharsets.US_ASCII));
        byte[] answer = client.getInputStream().readNBytes(6);
        assertEquals("hello\n", new String(answer, StandardCharsets.US_ASCII));
    }

    static void order(ForkdServer server, String what) throws IOException {
        Socket client = server.connect(); // it ends with this process, or with the worker
        client.getOutputStream().write((what + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    /** Each answer in time; how long they took goes to the test's output. */
    static void answers(Socket client, String under) throws IOException {
        long[] nanos = new long[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            long start = System.nanoTime();
            WorkerProcessIT.ping(client);
            nanos[i] = System.nanoTime() - start;
        }
        Arrays.sort(nanos);
        System.out.printf(
                "under %s: median %.2f ms, worst %.2f ms%n", under, nanos[ROUNDS / 2] / 1e6, nanos[ROUNDS - 1] / 1e6);
        assertTrue(
                nanos[ROUNDS - 1] < PATIENCE_MILLIS * 1_000_000,
                () -> "under " + under + ": " + Arrays.toString(nanos));
    }

    private static ForkdServer fork(String... more) throws Exception {
        return handler("fork", more);
    }

    private static ForkdServer handler(String model, String... more) throws Exception {
        List<String> options = new ArrayList<>(
                List.of("-l", "127.0.0.1:0", "--model", model, "--user", NOBODY_ELSE, "--group", NOBODY_ELSE));
        options.addAll(Arrays.asList(more));
        options.addAll(List.of("--handler", HogHandler.class.getName(), "-cp", EchoIT.testClasses()));
        return ForkdServer.serve(options.toArray(String[]::new));
    }

    private static ForkdServer serve(String... more) throws Exception {
        List<String> options =
                new ArrayList<>(List.of("-l", "127.0.0.1:0", "--user", NOBODY_ELSE, "--group", NOBODY_ELSE));
        options.addAll(Arrays.asList(more));
        options.addAll(List.of("--", "/bin/sh", "-c", SCRIPT));
        return ForkdServer.serve(options.toArray(String[]::new));
    }
}
