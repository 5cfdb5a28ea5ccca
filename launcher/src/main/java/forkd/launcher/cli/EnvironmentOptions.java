package forkd.launcher.cli;

import forkd.launcher.process.Imitation;
import forkd.launcher.process.WorkerEnvironment;
import forkd.worker.WorkerContract;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options of {@code serve} that say what stands in the environment of workers. */
final class EnvironmentOptions {
    @Spec(Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--env",
            paramLabel = "NAME=VALUE",
            description = "A variable for the environment of each worker. May be given several times.")
    private List<String> set = List.of();

    @Option(
            names = "--pass-env",
            paramLabel = "NAME",
            description = {
                "A variable of forkd's own environment that each worker gets, where forkd has it. May be given several times.",
                "PATH, TZ, LANG, LC_ALL and LC_CTYPE are passed in any case, and nothing else is."
            })
    private List<String> pass = List.of();

    @Option(
            names = "--imitate",
            paramLabel = "socat|ncat",
            converter = ImitationConverter.class,
            description =
                    "Tell workers of their connection under this server's names, too (SOCAT_PEERADDR, NCAT_REMOTE_ADDR, ...)."
                            + " May be given several times. Default: only under the names of tcpserver, inetd and systemd.")
    private List<Imitation> imitated = List.of();

    /**
     * The environment of workers.
     *
     * @param own forkd's own
     * @param service the name of the service, where there are several
     */
    WorkerEnvironment environment(Map<String, String> own, Optional<String> service) {
        Map<String, String> variables = new LinkedHashMap<>();
        service.ifPresent(name -> variables.put(WorkerContract.SERVICE, name));
        for (String variable : set) {
            int at = variable.indexOf('=');
            if (at < 0) {
                throw usage(
                        "--env",
                        variable,
                        "--env " + variable + ": there is no '='; it is NAME=VALUE (or did you mean --pass-env?)");
            }
            checkName("--env", variable, variable.substring(0, at));
            variables.put(variable.substring(0, at), variable.substring(at + 1));
        }
        pass.forEach(name -> checkName("--pass-env", name, name));
        Set<Imitation> imitations = EnumSet.noneOf(Imitation.class);
        imitations.addAll(imitated);
        WorkerEnvironment environment = new WorkerEnvironment(own, pass, variables, imitations);
        if (environment.commonBytes() > WorkerEnvironment.COMMON_BYTES) {
            throw Usage.error(
                    spec,
                    "--env, --pass-env: the variables of all workers take " + environment.commonBytes()
                            + " bytes together, and may take " + WorkerEnvironment.COMMON_BYTES
                            + "; put the long ones into a file");
        }
        return environment;
    }

    private void checkName(String option, String value, String name) {
        if (name.isEmpty() || name.indexOf('=') >= 0) {
            throw usage(option, value, option + ": '" + name + "' is no name of a variable");
        }
        if (WorkerEnvironment.isReserved(name)) {
            throw usage(option, value, option + " " + name + ": forkd itself sets this variable for each connection");
        }
    }

    private ParameterException usage(String option, String value, String message) {
        return Usage.error(spec, option, value, message);
    }

    /** The names of {@link Imitation} in lower case. */
    static final class ImitationConverter extends LowerCaseConverter<Imitation> {
        ImitationConverter() {
            super(Imitation.class);
        }
    }
}
