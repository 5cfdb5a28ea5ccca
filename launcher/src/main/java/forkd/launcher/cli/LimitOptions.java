package forkd.launcher.cli;

import forkd.launcher.access.Cidr;
import forkd.launcher.admission.AdmissionLimits;
import forkd.launcher.admission.Limit;
import forkd.launcher.admission.Offence;
import forkd.launcher.admission.PenaltyRules;
import forkd.launcher.admission.Rate;
import forkd.launcher.admission.SourcePrefix;
import forkd.launcher.admission.StartingLimit;
import forkd.launcher.server.WorkerTimes;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How many connections may come, from where, how fast, and for how long. */
final class LimitOptions {
    private static final int USUAL_ADMIN_SLOTS = 3;
    private static final Duration USUAL_MINIMUM = Duration.ofSeconds(15);
    private static final Duration USUAL_MAXIMUM = Duration.ofMinutes(10);

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--max-connections",
            paramLabel = "N[:POLICY]",
            defaultValue = "256:queue",
            converter = QueueLimitConverter.class,
            description = {
                "How many workers may live at once, and what happens to further clients."
                        + " queue: they are not accepted until there is room. close: they are accepted and closed."
                        + " reject=TEXT: they get one line of text, then they are closed.",
                "Default: ${DEFAULT-VALUE}."
            })
    private Limit maxConnections;

    @Option(
            names = "--max-per-source",
            paramLabel = "N[:POLICY]|none",
            converter = ShareConverter.class,
            description = {
                "How many of them may come from one source: one address or network, see --source-prefix; on a Unix socket one"
                        + " user. With queue a connection waits accepted, as many of one source as may live, and further ones"
                        + " are closed. A server behind a proxy that hides its clients needs none.",
                "Default: half of --max-connections without --admin-slots, with close."
            })
    private Share maxPerSource;

    @Option(
            names = "--source-prefix",
            paramLabel = "BITS4,BITS6",
            defaultValue = "32,64",
            converter = SourcePrefixConverter.class,
            description =
                    "How many leading bits of an IPv4 and an IPv6 address make one source. Default: ${DEFAULT-VALUE}.")
    private SourcePrefix sourcePrefix;

    @Option(
            names = "--rate",
            paramLabel = "N/s,BURST[:POLICY]",
            converter = RateConverter.class,
            description = {
                "How many connections may get a worker in a second (/m: a minute, /h: an hour), and how many at once after a"
                        + " quiet time. It recovers by itself. Default: no limit; the policy is queue."
            })
    private Rate rate;

    @Option(
            names = "--max-starting",
            paramLabel = "START:RATE:FULL",
            converter = StartingLimitConverter.class,
            description = {
                "Among connections that are accepted and that no worker handles yet: from START of them on a new one is closed"
                        + " with a chance of RATE percent, which grows until at FULL every one is (sshd's MaxStartups)."
                        + " Default: no limit."
            })
    private StartingLimit maxStarting;

    @Option(
            names = "--admin-from",
            paramLabel = "CIDR",
            split = ",",
            converter = CidrConverter.class,
            description = {
                "Where administrators come from: for them only --max-connections counts, and some slots are theirs."
                        + " Other clients that must wait then wait accepted, up to 1024 of them; further ones are closed."
                        + " May be given several times. Default: none."
            })
    private List<Cidr> adminFrom = List.of();

    @Option(
            names = "--admin-slots",
            paramLabel = "N",
            description =
                    "How many of --max-connections are kept for --admin-from. Default: 3, where --admin-from is given.")
    private Integer adminSlots;

    @Option(
            names = "--penalty",
            paramLabel = "KIND=TIME",
            split = ",",
            converter = PenaltyConverter.class,
            description = {
                "For how long a source is refused after its worker ended so: crash (by a signal), exit (with another status"
                        + " than 0), timeout (forkd ended it); or after one of its connections was refused."
                        + " Such as crash=90s,exit=5s,timeout=10s,refused=1s."
                        + " Times add up, to max=10m at the most, and count from min=15s on.",
                "Default: no penalties."
            })
    private List<PenaltyTime> penalties = List.of();

    @Option(
            names = "--max-lifetime",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = {
                "How long a worker may live (500ms, 30s, 5m). Then it gets SIGTERM, and after 5 more seconds SIGKILL; its end"
                        + " is logged with reason=max-lifetime. Default: no limit."
            })
    private Duration maxLifetime;

    @Option(
            names = "--idle-timeout",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = {
                "How long no byte may come from a client, nor be taken by it. Then its worker is ended as by --max-lifetime, with"
                        + " reason=idle-timeout. TCP only: an error where a Unix socket is among the listeners."
                        + " Default: no limit."
            })
    private Duration idleTimeout;

    WorkerTimes times() {
        checkPositive("--max-lifetime", maxLifetime);
        checkPositive("--idle-timeout", idleTimeout);
        return new WorkerTimes(Optional.ofNullable(maxLifetime), Optional.ofNullable(idleTimeout));
    }

    private void checkPositive(String option, Duration time) {
        if (time != null && time.isZero()) {
            throw usage(option + " is more than 0; leave it out for no limit");
        }
    }

    /** All limits of admission; a {@link ParameterException} where they do not go together. */
    AdmissionLimits limits() {
        int connections = maxConnections.number();
        if (adminSlots != null && adminFrom.isEmpty()) {
            throw usage("--admin-slots is for --admin-from, which is not given");
        }
        int kept = adminSlots != null ? adminSlots : Math.min(USUAL_ADMIN_SLOTS, connections - 1);
        if (!adminFrom.isEmpty() && (kept < 0 || kept >= connections)) {
            throw usage(
                    "--admin-slots is from 0 to " + (connections - 1) + ", less than --max-connections, not " + kept);
        }
        AdmissionLimits limits = new AdmissionLimits(
                maxConnections,
                maxPerSource == null ? Optional.empty() : maxPerSource.limit(),
                sourcePrefix,
                Optional.ofNullable(rate),
                Optional.ofNullable(maxStarting),
                adminFrom,
                adminFrom.isEmpty() ? 0 : kept,
                penaltyRules(),
                AdmissionLimits.USUAL_WAITING);
        return maxPerSource == null ? limits.withUsualShare() : limits;
    }

    void effective(EffectiveValues values) {
        AdmissionLimits limits = limits();
        values.put("max-connections", limits.connections());
        values.put("max-per-source", limits.perSource().map(Limit::toString).orElse("none"));
        limits.rate().ifPresent(limit -> values.put("rate", limit));
        limits.starting().ifPresent(limit -> values.put("max-starting", limit));
        if (!adminFrom.isEmpty()) {
            values.put("admin-slots", limits.adminSlots());
        }
        if (!penalties.isEmpty()) {
            values.putAll("penalty", List.of(limits.penalties().toString().split(",", -1)));
        }
    }

    private PenaltyRules penaltyRules() {
        Map<Offence, Duration> times = new EnumMap<>(Offence.class);
        Duration minimum = USUAL_MINIMUM;
        Duration maximum = USUAL_MAXIMUM;
        for (PenaltyTime penalty : penalties) {
            switch (penalty.kind()) {
                case CRASH -> times.put(Offence.CRASH, penalty.time());
                case EXIT -> times.put(Offence.EXIT, penalty.time());
                case TIMEOUT -> times.put(Offence.TIMEOUT, penalty.time());
                case REFUSED -> times.put(Offence.REFUSED, penalty.time());
                case MIN -> minimum = penalty.time();
                case MAX -> maximum = penalty.time();
            }
        }
        if (times.isEmpty() && !penalties.isEmpty()) {
            throw usage("--penalty has only min and max, and nothing that is penalised");
        }
        if (minimum.compareTo(maximum) > 0) {
            throw usage("--penalty: min is more than max, so that no penalty would ever count");
        }
        return new PenaltyRules(times, minimum, maximum);
    }

    private ParameterException usage(String message) {
        return Usage.error(spec, message);
    }
}
