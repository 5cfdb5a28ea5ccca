package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import forkd.posix.Posix;
import forkd.posix.Signal;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Workers that live long get all their threads, and others do not. */
@Timeout(120)
class LateRevivalIT {
    private static final int KILLED = 60;
    private static final int AT_ONCE = 4;
    private static final int FAULTING = 30;

    private static ForkdServer server;
    private static int connections;

    @BeforeAll
    static void start() throws Exception {
        server = ForkServers.serve(LongLivedHandler.class);
    }

    @AfterAll
    static void noWorkerIsLeftAndNothingWentWrong() throws Exception {
        try (ForkdServer closing = server) {
            ForkServers.onlyTheStemIsLeft(closing, connections);
            assertTrue(
                    closing.log().stream().noneMatch(line -> Events.isWarning(line) || line.startsWith("reject ")),
                    () -> "" + closing.log());
        }
    }

    @Test
    void aLoopThatBecomesHotInTheWorkerIsCompiled() throws Exception {
        try (Socket client = connect()) {
            long[] nanos = Arrays.stream(ask(client, "loop").split(" ", -1))
                    .filter(word -> !word.isEmpty())
                    .mapToLong(Long::parseLong)
                    .toArray();
            long slowest = Arrays.stream(nanos).max().orElseThrow();
            long fastest = Arrays.stream(nanos).skip(nanos.length / 2).min().orElseThrow();
            assertTrue(fastest * 2 < slowest, () -> "nanoseconds: " + Arrays.toString(nanos));
            Set<String> names = threads(worker(client));
            assertTrue(names.stream().anyMatch(name -> name.matches("C[12] CompilerThre")), () -> "" + names);
        }
    }

    @Test
    void referencesAreProcessed() throws Exception {
        try (Socket client = connect()) {
            assertEquals("cleaned", ask(client, "cleaner"));
        }
    }

    @Test
    void anExecutorFromBeforeTheForkWorks() throws Exception {
        try (Socket client = connect()) {
            assertEquals("early", ask(client, "executor"));
        }
    }

    @Test
    void everyStackHasItsEnd() throws Exception {
        try (Socket client = connect()) {
            assertEquals("overflow overflow overflow", ask(client, "overflow"));
        }
    }

    /** Whoever is stopped with such a signal on its way must not be used for system calls: it died of the trap of their steps. */
    @Test
    void aWorkerMayFaultWhileItIsStopped() throws Exception {
        for (int i = 0; i < FAULTING; i++) {
            try (Socket client = connect()) {
                assertEquals("faulted", ask(client, "faults"));
            }
        }
    }

    @Test
    void haltEndsAWorkerSoon() throws Exception {
        try (Socket client = connect()) {
            long start = System.nanoTime();
            client.getOutputStream().write("halt\n".getBytes(StandardCharsets.UTF_8));
            assertEquals(-1, client.getInputStream().read());
            assertEquals("exit=9", ending(client));
            assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(5));
        }
    }

    @Test
    void aWorkerThatWaitsForItsClientStaysSmall() throws Exception {
        try (ForkdServer echo = ForkServers.echo();
                Socket quiet = echo.connect();
                Socket other = echo.connect()) {
            WorkerProcessIT.ping(quiet);
            WorkerProcessIT.ping(other);
            // After several looks, which by then have been made at a worker that was started later, too.
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(600));
            assertTrue(threads(WorkerProcessIT.worker(echo, 1)).size() <= 2);
            WorkerProcessIT.ping(quiet);
        }
    }

    /** Whatever happens to a worker while it is revived, its end is reported, once, and it is no zombie. */
    @ParameterizedTest
    @ValueSource(strings = {"KILL", "STOP KILL", "STOP CONT", "TERM"})
    void aSignalInTheMiddleOfARevivalIsNotLost(String signals) throws Exception {
        List<Thread> clients = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        connections += KILLED;
        for (int i = 0; i < AT_ONCE; i++) {
            Random random = new Random(i);
            Thread client = new Thread(() -> {
                try {
                    for (int n = 0; n < KILLED / AT_ONCE; n++) {
                        signal(signals, random);
                    }
                } catch (Exception | AssertionError e) {
                    synchronized (failures) {
                        failures.add(e);
                    }
                }
            });
            clients.add(client);
            client.start();
        }
        for (Thread client : clients) {
            client.join();
        }
        assertEquals(List.of(), failures);
    }

    private static void signal(String signals, Random random) throws Exception {
        try (Socket client = server.connect()) {
            client.getOutputStream().write("loop\n".getBytes(StandardCharsets.UTF_8));
            String worker = Long.toString(worker(client));
            String last = "";
            // Shortly before a look at which it gets a thread, or all.
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextBoolean() ? 40 : 90));
            for (String signal : signals.split(" ", -1)) {
                LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(30_000)));
                Commands.run("kill", "-" + signal, worker);
                last = signal;
            }
            if (last.equals("CONT")) {
                assertTrue(read(client).split(" ", -1).length >= LongLivedHandler.RUNS);
                client.shutdownOutput();
            }
            assertEquals(last.equals("CONT") ? "exit=0" : "signal=SIG" + last, ending(client));
        }
    }

    /**
     * Where processors are busy a worker that is killed takes its time to end, and the reviver does not know of the thread that was born
     * meanwhile.
     */
    @Test
    void aWorkerThatIsKilledWhenAThreadIsBornIsReaped() throws Exception {
        try (BusyProcessors busy = new BusyProcessors()) {
            for (int i = 0; i < KILLED; i++) {
                killAtBirth();
            }
        }
    }

    private static void killAtBirth() throws Exception {
        try (Socket client = connect()) {
            client.getOutputStream().write("loop\n".getBytes(StandardCharsets.UTF_8));
            long worker = worker(client);
            String[] threads = {};
            // The second of those that are born together; the VM's has come alone.
            while (threads != null && threads.length < 3) {
                threads = new File("/proc/" + worker + "/task").list();
            }
            Posix.kill((int) worker, Signal.SIGKILL);
            assertEquals("signal=SIGKILL", ending(client));
        }
    }

    private static Socket connect() throws IOException {
        connections++;
        return server.connect();
    }

    private static String ask(Socket client, String line) throws IOException {
        client.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        return read(client);
    }

    private static String read(Socket client) throws IOException {
        return new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8)).readLine();
    }

    private static long worker(Socket client) throws InterruptedException {
        return Events.number(accept(client), "worker");
    }

    private static String accept(Socket client) throws InterruptedException {
        String peer = " peer=127.0.0.1:" + client.getLocalPort() + " ";
        return server.await("accept of" + peer, line -> line.startsWith("accept ") && line.contains(peer));
    }

    private static String ending(Socket client) throws InterruptedException {
        String id = "end id=" + Events.field(accept(client), "id") + " ";
        return server.await(id, line -> line.startsWith(id)).split(" ", -1)[3];
    }

    private static Set<String> threads(long pid) throws IOException {
        Set<String> names = new TreeSet<>();
        try (Stream<Path> tasks = Files.list(Path.of("/proc/" + pid + "/task"))) {
            for (Path task : tasks.toList()) {
                names.add(Files.readString(task.resolve("comm")).strip());
            }
        } catch (NoSuchFileException e) {
            throw new AssertionError("the worker has ended", e);
        }
        return names;
    }
}
