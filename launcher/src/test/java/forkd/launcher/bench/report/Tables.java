package forkd.launcher.bench.report;

import static forkd.launcher.bench.report.Table.column;

import forkd.launcher.bench.server.Peers;
import java.util.List;

/** The tables of a report, in their order. */
final class Tables {
    private static final List<String> NONE = List.of();

    static final List<Table> ALL = List.of(
            Table.of(
                    "Connections a second, closed loop",
                    List.of(Peers.NOTE, Peers.TCPSERVER),
                    column("8 clients", "rate-8", "rate"),
                    column("1 client", "rate-1", "rate"),
                    column("64 clients", "rate-64", "rate")),
            Table.of(
                    "What one connection costs, 8 clients",
                    List.of(Peers.NOTE),
                    column("processor time, µs", "rate-8", "cpu"),
                    column("page faults", "rate-8", "faults"),
                    column("the generator's, µs", "rate-8", "generator")),
            Table.of(
                    "Time to the first byte at 100 arrivals a second, µs",
                    List.of(Peers.NOTE),
                    column("p50", "open-100", "p50"),
                    column("p90", "open-100", "p90"),
                    column("p99", "open-100", "p99"),
                    column("max", "open-100", "max")),
            Table.of(
                    "Time to the first byte at 10 arrivals a second, µs",
                    List.of(Peers.NOTE),
                    column("p50", "open-10", "p50"),
                    column("p99", "open-10", "p99")),
            Table.of(
                    "Time to the first byte at 20 arrivals a second, µs",
                    List.of(Peers.NOTE),
                    column("p50", "open-20", "p50"),
                    column("p99", "open-20", "p99")),
            Table.of(
                    "Time to the first byte at half of the server's own capacity, µs",
                    List.of(Peers.NOTE),
                    column("p50", "open-half", "p50"),
                    column("p99", "open-half", "p99"),
                    column("p99.9", "open-half", "p99.9"),
                    column("arrivals/s", "open-half", "arrivals")),
            Table.of(
                    "The generator itself, driving note.c, 8 clients",
                    NONE,
                    column("connections/s", "generator", "rate"),
                    column("its processor time each, µs", "generator", "generator")),
            Table.of(
                    "Connections held at once",
                    NONE,
                    column("held", "held", "count"),
                    column("MB each, drop of MemAvailable", "held", "memory"),
                    column("MB each, PSS", "held", "pss"),
                    column("connections/s before", "held-before", "rate"),
                    column("connections/s while held", "held", "rate"),
                    column("connections/s while held, DAMON at rest", "held-rest", "rate"),
                    column("s until all have answered", "held", "speak")),
            Table.of("Bulk through one connection", List.of(Peers.NOTE), column("MB/s each way", "bulk", "throughput")),
            Table.of(
                    "javac of one file",
                    NONE,
                    column("ms a job, one client", "javac", "job"),
                    column("jobs a second, 8 clients", "javac", "rate")),
            Table.of("Start of the server to the first byte", NONE, column("s", "start", "first")),
            Table.of(
                    "The heap of the handler: connections a second, 8 clients",
                    NONE,
                    column("10 MB", "heap-10", "rate"),
                    column("100 MB", "heap-100", "rate"),
                    column("500 MB", "heap-500", "rate"),
                    column("1 GB", "heap-1000", "rate")),
            Table.of(
                    "The heap of the handler: median time to the first byte at 100 arrivals a second, µs",
                    NONE,
                    column("10 MB", "heap-10", "p50"),
                    column("100 MB", "heap-100", "p50"),
                    column("500 MB", "heap-500", "p50"),
                    column("1 GB", "heap-1000", "p50")),
            Table.of(
                    "The heap of the handler: page faults a connection, and the stem's memory",
                    NONE,
                    column("faults, 10 MB", "heap-10", "faults"),
                    column("faults, 500 MB", "heap-500", "faults"),
                    column("MB of page tables, 10 MB", "heap-10", "page tables"),
                    column("MB of page tables, 500 MB", "heap-500", "page tables"),
                    column("MB in huge pages, 500 MB", "heap-500", "huge"),
                    column("MB anonymous, 500 MB", "heap-500", "anonymous")),
            Table.of(
                    "When a worker gets the VM Thread: short connections, 8 clients",
                    NONE,
                    column("nothing, connections/s", "revival-nothing", "rate"),
                    column("processor time, µs", "revival-nothing", "cpu"),
                    column("page faults", "revival-nothing", "faults"),
                    column("System.gc(), connections/s", "revival-collect", "rate"),
                    column("a shutdown hook, connections/s", "revival-hook", "rate")),
            Table.of(
                    "When a worker gets its other threads: longer connections",
                    NONE,
                    column("30 ms of sleep, processor time in µs", "revival-sleep", "cpu"),
                    column("30 ms of computing, processor time in µs", "revival-compute", "cpu"),
                    column("code that gets hot, ms", "revival-hot", "job")),
            Table.of(
                    "What is forked: memory of the process that forks, MB",
                    NONE,
                    column("page tables", "forked", "page tables"),
                    column("anonymous", "forked", "anonymous"),
                    column("of it in huge pages", "forked", "huge"),
                    column("mappings", "forked", "mappings")));

    private Tables() {}
}
