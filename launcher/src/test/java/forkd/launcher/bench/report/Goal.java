package forkd.launcher.bench.report;

/**
 * A claim: a ratio of two servers in one run, or where there is no other one a plain value.
 *
 * @param id its name in the files
 * @param what it says, for people
 * @param metric what is compared
 * @param scenario where it was measured
 * @param server the one it is about
 * @param baseScenario the other one's; null: no ratio
 * @param base the other one; null: no ratio
 * @param atLeast the bound is a lower one; else an upper one
 * @param bound the goal
 * @param unit of a plain value; empty for ratios
 */
public record Goal(
        String id,
        String what,
        String metric,
        String scenario,
        String server,
        String baseScenario,
        String base,
        boolean atLeast,
        double bound,
        String unit) {
    static Goal atLeast(double bound, String id, String what, String metric, Of of, Of to) {
        return new Goal(id, what, metric, of.scenario, of.server, to.scenario, to.server, true, bound, "");
    }

    static Goal atMost(double bound, String id, String what, String metric, Of of, Of to) {
        return new Goal(id, what, metric, of.scenario, of.server, to.scenario, to.server, false, bound, "");
    }

    static Goal atMost(double bound, String unit, String id, String what, String metric, Of of) {
        return new Goal(id, what, metric, of.scenario, of.server, null, null, false, bound, unit);
    }

    /** One side of it. */
    record Of(String scenario, String server) {}

    /** Is it a ratio? Only those are compared between runs. */
    public boolean isRatio() {
        return base != null;
    }

    /** The case that measures it: rate-8 is measured by rate, open-100 by latency. */
    public String caseName() {
        String first = scenario.split("-", 2)[0];
        return first.equals("open") ? "latency" : first;
    }

    /** Is the value as it should be? */
    public boolean isReached(double value) {
        return atLeast ? value >= bound : value <= bound;
    }
}
