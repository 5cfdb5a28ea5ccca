package forkd.launcher.bench;

import forkd.launcher.bench.report.Measurement;
import forkd.launcher.bench.report.Outcome;
import forkd.launcher.bench.report.Report;
import forkd.launcher.bench.server.Peers;
import java.util.OptionalDouble;

/**
 * How much worse than the recorded one a ratio may be before it is a loss. Ratios say something of machines of one kind. In a
 * virtual machine whose host has no paging in hardware for it, a page fault takes many times as long and a loop no longer, so
 * that whoever has more page faults is the slower. note.c, which everything is compared with, tells the kind: it has not changed
 * since the record, and if its own connections a second have, by more than a busy machine explains, then the machine is another.
 *
 * @param factor so many times worse is still none
 * @param why it is that; for people
 */
record Tolerance(double factor, String why) {
    static final double USUAL = 2;
    static final double OTHER_MACHINE = 4;
    /** More than a machine that does other work, too, makes of it. */
    private static final double OTHER_KIND = 3;

    static Tolerance of(Report recorded, Report now) {
        OptionalDouble times = distance(recorded, now);
        if (times.isEmpty()) {
            return new Tolerance(USUAL, "note.c was not measured");
        }
        String rates = "note.c has " + Math.round(yardstick(now).getAsDouble()) + " connections a second here and had "
                + Math.round(yardstick(recorded).getAsDouble()) + " there";
        return times.getAsDouble() > OTHER_KIND
                ? new Tolerance(OTHER_MACHINE, rates + ": a machine of another kind")
                : new Tolerance(USUAL, rates);
    }

    /** How many times more or less connections a second note.c has, at least 1; nothing where it was not measured. */
    static OptionalDouble distance(Report recorded, Report now) {
        OptionalDouble then = yardstick(recorded);
        OptionalDouble here = yardstick(now);
        if (then.isEmpty() || here.isEmpty()) {
            return OptionalDouble.empty();
        }
        double times = then.getAsDouble() / here.getAsDouble();
        return OptionalDouble.of(Math.max(times, 1 / times));
    }

    private static OptionalDouble yardstick(Report report) {
        return report.measurements().stream()
                .filter(one -> one.scenario().equals("rate-8")
                        && one.server().equals(Peers.NOTE)
                        && one.metric().equals("rate"))
                .mapToDouble(Measurement::median)
                .findFirst();
    }

    boolean isLoss(Outcome now, Outcome then) {
        return now.goal().atLeast() ? now.median() < then.median() / factor : now.median() > then.median() * factor;
    }
}
