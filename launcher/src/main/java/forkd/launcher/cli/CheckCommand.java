package forkd.launcher.cli;

import forkd.launcher.config.ConfigException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;

/** {@code forkd check}: all of {@code serve} up to where it would listen. */
@Command(
        name = "check",
        description = {
            "Checks a config file, or options of 'forkd serve', and prints what they amount to, as a config file.",
            "",
            "Nothing listens and no worker is started. Whether addresses can be bound shows when it serves.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {"  forkd check --config forkd.toml", "  forkd check -l '*:7000' --max-connections 20 -- /bin/cat"},
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:it can be served",
            "2:the file or an option names something that cannot be used",
            "111:a system call failed: a command cannot be executed"
        })
final class CheckCommand extends ServeCommand {
    @Override
    public Integer call() throws IOException {
        PrintWriter out = commandLine().getOut();
        if (config().isEmpty()) {
            prepare(Optional.empty());
            new EffectiveConfig(out).print(commandLine(), effective());
            return ExitCode.OK.code();
        }
        List<ConfiguredServices.One> services;
        try {
            ConfiguredServices configured = configured(config().get());
            configured.prepare();
            services = configured.all();
        } catch (ConfigException e) {
            e.problems().forEach(problem -> commandLine().getErr().println("forkd: " + problem));
            return ExitCode.of(e).code();
        }
        for (ConfiguredServices.One one : services) {
            if (!one.equals(services.get(0))) {
                out.println();
            }
            one.name().ifPresent(name -> out.println("[service." + name(name) + "]"));
            ServeCommand serve = one.command().getCommand();
            new EffectiveConfig(out).print(one.command(), serve.effective());
        }
        return ExitCode.OK.code();
    }

    /** A name with a dot is not two. */
    private static String name(String name) {
        return name.indexOf('.') < 0 ? name : '"' + name + '"';
    }
}
