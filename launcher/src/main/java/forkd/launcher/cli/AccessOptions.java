package forkd.launcher.cli;

import forkd.launcher.access.Access;
import forkd.launcher.access.Rules;
import forkd.launcher.access.RulesException;
import forkd.launcher.access.RulesFile;
import forkd.launcher.access.Who;
import forkd.launcher.process.WorkerEnvironment;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options of {@code serve}: who may connect. */
final class AccessOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--allow",
            paramLabel = "WHO",
            split = ",",
            converter = WhoConverter.class,
            description = {
                "Who may connect: an address, a block such as 10.0.0.0/8 or 2001:db8::/32, unix, uid:N, gid:N or *."
                        + " May be given several times. With it, whoever is not named is denied.",
                "Where several of --allow and --deny fit, the most specific decides. Default: everybody."
            })
    private List<Who> allow = List.of();

    @Option(
            names = "--deny",
            paramLabel = "WHO",
            split = ",",
            converter = WhoConverter.class,
            description = "Who may not connect; as --allow. May be given several times. Default: nobody.")
    private List<Who> deny = List.of();

    @Option(
            names = "--rules",
            paramLabel = "FILE",
            description = {
                "A file of rules instead, one a line: allow or deny, whom, and more. The first that fits decides; it is read"
                        + " again on SIGHUP. 'forkd rules --help' tells its form. Default: none."
            })
    private Path rules;

    Access access() {
        if (rules == null) {
            return allow.isEmpty() && deny.isEmpty() ? Access.open() : listed();
        }
        if (!allow.isEmpty() || !deny.isEmpty()) {
            throw usage("--rules and --allow or --deny exclude each other: put these into " + rules);
        }
        try {
            return Access.of(new RulesFile(rules, WorkerEnvironment::isReserved));
        } catch (RulesException e) {
            throw usage("--rules: " + e.getMessage());
        }
    }

    private Access listed() {
        try {
            return Access.of(Rules.mostSpecific(allow, deny));
        } catch (IllegalArgumentException e) {
            throw usage("--allow and --deny: " + e.getMessage());
        }
    }

    private ParameterException usage(String message) {
        return Usage.error(spec, message);
    }
}
