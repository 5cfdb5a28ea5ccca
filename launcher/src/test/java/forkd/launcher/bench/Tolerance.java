package forkd.launcher.bench;

import forkd.launcher.bench.report.Measurement;
import forkd.launcher.bench.report.Outcome;
import forkd.launcher.bench.report.Report;
import forkd.launcher.bench.server.Peers;
import java.util.Optional;

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
        Optional<Double> then = yardstick(recorded);
        Optional<Double> here = yardstick(now);
        if (then.isEmpty() || here.isEmpty()) {
            return new Tolerance(USUAL, "note.c was not measured");
        }
        double times = Math.max(then.get() / here.get(), here.get() / then.get());
        String rates = "note.c has " + Math.round(here.get()) + " connections a second here and had "
                + Math.round(then.get()) + " there";
        return times > OTHER_KIND
                ? new Tolerance(OTHER_MACHINE, rates + ": a machine of another kind")
                : new Tolerance(USUAL, rates);
    }

    private static Optional<Double> yardstick(Report report) {
        return report.measurements().stream()
                .filter(one -> one.scenario().equals("rate-8")
                        && one.server().equals(Peers.NOTE)
                        && one.metric().equals("rate"))
                .map(Measurement::median)
                .findFirst();
    }

    boolean isLoss(Outcome now, Outcome then) {
        return now.goal().atLeast() ? now.median() < then.median() / factor : now.median() > then.median() * factor;
    }
}
