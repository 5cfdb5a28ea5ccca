package forkd.launcher.cli;

import forkd.launcher.process.CgroupLimits;
import forkd.launcher.process.Confiner;
import forkd.posix.Confinement;
import forkd.posix.Credentials;
import forkd.posix.Errno;
import forkd.posix.ErrnoException;
import forkd.posix.Posix;
import forkd.posix.ResourceLimit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What workers give up before the user's code runs. */
final class PrivilegeOptions {
    private static final int MIN_NICE = -20;
    private static final int MAX_NICE = 19;
    private static final int MAX_OOM_SCORE = 1000;
    private static final String OCTAL = "[0-7]{1,4}";

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--user",
            paramLabel = "NAME|UID",
            description = {
                "Who workers run as, with the user's groups. It takes a launcher that runs as root, and which stays root."
                        + " Their capabilities and the way back (set-uid programs) go with it."
            })
    private String user;

    @Option(names = "--group", paramLabel = "NAME|GID", description = "The group of workers. Default: the user's.")
    private String group;

    @Option(names = "--umask", paramLabel = "MODE", description = "Their umask, in octal digits, such as 027.")
    private String umask;

    @Option(names = "--chdir", paramLabel = "DIR", description = "Their working directory.")
    private String directory;

    @Option(
            names = "--chroot",
            paramLabel = "DIR",
            description =
                    "Their root directory, in which the command is looked for. For commands only: a JVM would need its JDK in it.")
    private String root;

    @Option(names = "--nice", paramLabel = "N", description = "Their priority, from -20 (first) to 19 (last).")
    private Integer nice;

    @Option(
            names = "--rlimit",
            paramLabel = "NAME=SOFT[:HARD]",
            converter = ResourceLimitConverter.class,
            description = {
                "A limit of setrlimit(2) for each worker: " + ResourceLimitConverter.NAMES + "."
                        + " A number, one with K, M or G behind it, or unlimited. May be given several times."
            })
    private List<ResourceLimit> limits = List.of();

    @Option(
            names = "--no-new-privileges",
            arity = "0..1",
            fallbackValue = "true",
            paramLabel = "true|false",
            description =
                    "Set-uid programs give workers nothing. Default with --user and --sandbox; false allows them.")
    private Boolean noNewPrivileges;

    @Option(
            names = "--capabilities-drop",
            arity = "0..1",
            fallbackValue = "true",
            paramLabel = "true|false",
            description = "Workers have no capabilities, and get none from any program. Default with --user;"
                    + " false leaves them the bounding set.")
    private Boolean capabilitiesDrop;

    @Option(
            names = "--oom-score-adj",
            paramLabel = "N",
            description = "From -1000 to 1000: how soon the kernel ends workers when memory is short.")
    private Integer oomScoreAdjust;

    @Option(
            names = "--memory-max",
            paramLabel = "BYTES",
            converter = ByteSizeConverter.class,
            description = "The memory of each worker, by a cgroup (version 2) of its own; as 64M.")
    private Long memoryMax;

    @Option(
            names = "--pids-max",
            paramLabel = "N",
            description = "The processes and threads of each worker, by its cgroup.")
    private Integer pidsMax;

    @Option(
            names = "--cpu-max",
            paramLabel = "PERCENT",
            description = "The processor time of each worker, by its cgroup, in percent of one processor.")
    private Integer cpuMax;

    @Mixin
    private SandboxOptions sandbox = new SandboxOptions();

    /** When it has been prepared. */
    private Confinement confinement = Confinement.NONE;

    /** Tries everything. */
    Confiner prepare(WorkerFiles files) throws IOException {
        confinement = confinement(files);
        CgroupLimits cgroup = cgroup();
        if (!Posix.canConfine() && !(confinement.isNone() && cgroup.isEmpty())) {
            throw usage("--user and the other options that confine workers need x86_64");
        }
        try {
            return Confiner.prepare(confinement, cgroup, files.execute(), files.read());
        } catch (ErrnoException e) {
            if (e.errno() == Errno.EPERM && Posix.geteuid() != 0) {
                throw new ParameterException(
                        spec.commandLine(),
                        "workers cannot be confined so: " + e.getMessage()
                                + "; this takes a launcher that runs as root",
                        e);
            }
            throw e;
        } catch (IOException e) {
            throw usage(e.getMessage());
        }
    }

    /** What the operator should know. */
    List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        if (user == null && Posix.geteuid() == 0) {
            warnings.add("workers run as root: --user gives them another user");
        }
        sandbox.warning().ifPresent(warnings::add);
        return warnings;
    }

    /** Who workers become, when that has been prepared. */
    OptionalInt user() {
        return confinement.credentials().map(Credentials::uid).orElse(OptionalInt.empty());
    }

    /** To be called when that has been prepared. */
    void effective(EffectiveValues values) {
        confinement
                .credentials()
                .filter(who -> group == null)
                .ifPresent(who -> values.put("group", Integer.toUnsignedString(who.gid())));
        values.put("no-new-privileges", confinement.noNewPrivileges());
        values.put("capabilities-drop", confinement.dropCapabilities());
        values.put("sandbox", sandbox.isAsked());
    }

    Optional<String> root() {
        return Optional.ofNullable(root);
    }

    private Confinement confinement(WorkerFiles files) throws IOException {
        if (nice != null && (nice < MIN_NICE || nice > MAX_NICE)) {
            throw usage("--nice is from -20 to 19, not " + nice);
        }
        if (oomScoreAdjust != null && Math.abs(oomScoreAdjust) > MAX_OOM_SCORE) {
            throw usage("--oom-score-adj is from -1000 to 1000, not " + oomScoreAdjust);
        }
        if (umask != null && !umask.matches(OCTAL)) {
            throw usage("--umask is one to four octal digits, as 027, not " + umask);
        }
        boolean confined = user != null || sandbox.isAsked();
        if (sandbox.isAsked() && Boolean.FALSE.equals(noNewPrivileges)) {
            throw usage("--sandbox and --no-new-privileges=false exclude each other");
        }
        try {
            return new Confinement(
                    AccountNames.credentials(user, group),
                    capabilitiesDrop == null ? user != null : capabilitiesDrop,
                    noNewPrivileges == null ? confined : noNewPrivileges,
                    umask == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(umask, 8)),
                    Optional.ofNullable(directory),
                    Optional.ofNullable(root),
                    nice == null ? OptionalInt.empty() : OptionalInt.of(nice),
                    limits,
                    oomScoreAdjust == null ? OptionalInt.empty() : OptionalInt.of(oomScoreAdjust),
                    Optional.empty(),
                    sandbox.landlock(files),
                    sandbox.filter());
        } catch (IllegalArgumentException e) {
            throw usage(e.getMessage());
        }
    }

    private CgroupLimits cgroup() {
        Map<String, String> files = new LinkedHashMap<>();
        if (memoryMax != null) {
            files.put("memory.max", memoryMax.toString());
        }
        if (pidsMax != null) {
            files.put("pids.max", Integer.toString(Usage.atLeastOne(spec, "--pids-max", pidsMax)));
        }
        if (cpuMax != null) {
            final int period = 100_000;
            files.put("cpu.max", (long) Usage.atLeastOne(spec, "--cpu-max", cpuMax) * period / 100 + " " + period);
        }
        return new CgroupLimits(files);
    }

    private ParameterException usage(String message) {
        return Usage.error(spec, message);
    }
}
