package forkd.launcher.bench.report;

import forkd.launcher.bench.report.Goal.Of;
import forkd.launcher.bench.server.Forkd;
import forkd.launcher.bench.server.JavaServers;
import forkd.launcher.bench.server.Peers;
import java.util.List;
import java.util.Optional;

/** What forkd is to reach. */
public final class Goals {
    private static final List<Goal> ALL = List.of(
            Goal.atLeast(
                    1.5,
                    "rate-tcpserver",
                    "fork model, echo, 8 clients: connections a second, of tcpserver running cat",
                    "rate",
                    new Of("rate-8", Forkd.FORK),
                    new Of("rate-8", Peers.TCPSERVER)),
            Goal.atLeast(
                    0.5,
                    "rate-note",
                    "fork model, echo, 8 clients: connections a second, of note.c",
                    "rate",
                    new Of("rate-8", Forkd.FORK),
                    new Of("rate-8", Peers.NOTE)),
            Goal.atLeast(
                    1,
                    "rate-jvm",
                    "fork model, echo, 8 clients: connections a second, of a JVM for each connection",
                    "rate",
                    new Of("rate-8", Forkd.FORK),
                    new Of("rate-8", JavaServers.JVM_EACH)),
            Goal.atMost(
                    1,
                    "p50-note",
                    "fork model with spares, 100 arrivals/s: median time to the first byte, of note.c",
                    "p50",
                    new Of("open-100", Forkd.FORK),
                    new Of("open-100", Peers.NOTE)),
            Goal.atMost(
                    1.5,
                    "p99-note",
                    "fork model with spares, 100 arrivals/s: time to the first byte at 99 %, of note.c",
                    "p99",
                    new Of("open-100", Forkd.FORK),
                    new Of("open-100", Peers.NOTE)),
            Goal.atLeast(
                    1,
                    "spawn-tcpserver",
                    "spawn model running cat, 8 clients: connections a second, of tcpserver running cat",
                    "rate",
                    new Of("rate-8", Forkd.SPAWN),
                    new Of("rate-8", Peers.TCPSERVER)),
            Goal.atMost(
                    2,
                    "pool-note",
                    "pool model, 20 arrivals/s: median time to the first byte, of note.c",
                    "p50",
                    new Of("open-20", Forkd.POOL),
                    new Of("open-20", Peers.NOTE)),
            Goal.atLeast(
                    0.5,
                    "heap",
                    "fork model, 500 MB of warmed heap: connections a second, of the same with 10 MB",
                    "rate",
                    new Of("heap-500", Forkd.FORK),
                    new Of("heap-10", Forkd.FORK)),
            Goal.atMost(
                    0.5,
                    "MB",
                    "held-memory",
                    "10,000 held workers: memory of each (drop of MemAvailable)",
                    "memory",
                    new Of("held", Forkd.FORK)),
            Goal.atLeast(
                    0.8,
                    "held-rate",
                    "connections a second while 10,000 are held, of without",
                    "rate",
                    new Of("held", Forkd.FORK),
                    new Of("held-before", Forkd.FORK)),
            Goal.atLeast(
                    0.8,
                    "held-rate-rest",
                    "the same in rounds in which the kernel's DAMON was at rest",
                    "rate",
                    new Of("held-rest", Forkd.FORK),
                    new Of("held-before-rest", Forkd.FORK)),
            Goal.atLeast(
                    10,
                    "javac",
                    "javac of one file: time of the cold command, of a connection's",
                    "job",
                    new Of("javac", "javac"),
                    new Of("javac", Forkd.FORK)),
            Goal.atMost(
                    0.5,
                    "s",
                    "start-spawn",
                    "start of `forkd serve` to the first byte, spawn",
                    "first",
                    new Of("start", Forkd.SPAWN)),
            Goal.atMost(
                    1.5,
                    "s",
                    "start-fork",
                    "start of `forkd serve` to the first byte, fork",
                    "first",
                    new Of("start", Forkd.FORK)),
            Goal.atLeast(
                    0.9,
                    "bulk-note",
                    "bulk through one worker, fork model: bytes a second, of note.c",
                    "throughput",
                    new Of("bulk", Forkd.FORK),
                    new Of("bulk", Peers.NOTE)));

    private Goals() {}

    /** What came of each that was measured. */
    public static List<Outcome> outcomes(Results results) {
        return ALL.stream()
                .map(goal -> Outcome.of(goal, results))
                .flatMap(Optional::stream)
                .toList();
    }
}
