package forkd.launcher.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What a launcher takes. */
record Usage(int descriptors, int threads, int children, long heapBytes, long residentKilobytes) {
    /** When no connection is open any more: a launcher has no sockets but listeners, and what its options need. */
    static Usage settled(ForkdServer server) throws Exception {
        Eventually.equal(List.of(), () -> Processes.connectionsOf(server.pid()));
        return of(server);
    }

    static Usage of(ForkdServer server) throws IOException, InterruptedException {
        long heap = liveHeap(server.pid()); // it leaves a thread and a socket in the launcher: first

        try (Stream<Path> tasks = Files.list(Path.of("/proc/" + server.pid() + "/task"))) {
            return new Usage(
                    Processes.descriptorsOf(server.pid()).size(),
                    (int) tasks.count(),
                    Processes.childrenOf(server.pid()).size(),
                    heap,
                    Long.parseLong(Processes.status(server.pid(), "VmRSS").split(" ", -1)[0]));
        }
    }

    /**
     * What a full garbage collection leaves: the last line of the histogram of the JDK's jcmd. Native memory has finalizers, so
     * a first collection finds what is garbage, and a second one, when they have run, takes it away.
     */
    private static long liveHeap(long pid) throws IOException, InterruptedException {
        jcmd(pid, "GC.run");
        jcmd(pid, "GC.run_finalization");
        String histogram = jcmd(pid, "GC.class_histogram");
        String[] total =
                histogram.strip().substring(histogram.lastIndexOf("Total")).split("\\s+", -1);
        return Long.parseLong(total[2]);
    }

    private static String jcmd(long pid, String order) throws IOException, InterruptedException {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        return Commands.run(jcmd.toString(), Long.toString(pid), order).output();
    }
}
