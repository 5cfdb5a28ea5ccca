package forkd.launcher.cli;

import forkd.launcher.config.Config;
import forkd.launcher.config.ConfigEntry;
import forkd.launcher.config.ConfigException;
import forkd.launcher.config.ConfigFile;
import forkd.launcher.server.ServedService;
import forkd.posix.ErrnoException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * The services of a config file. Each one's keys are read as the command line of a {@code forkd serve} of its own, so that
 * every option is a key, means the same and is checked by the same code.
 */
final class ConfiguredServices {
    /**
     * A service.
     *
     * @param name empty where the file has one service only
     * @param command parsed, with all options set
     * @param places of what it says
     */
    record One(Optional<String> name, CommandLine command, Places places) {}

    private final List<String> problems = new ArrayList<>();
    private final List<One> services = new ArrayList<>();

    /**
     * Reads the file.
     *
     * @param given the command line, whose options count more than those of the file
     */
    ConfiguredServices(Path path, ParseResult given) throws ConfigException {
        Config config = ConfigFile.read(path);
        List<String> more = options(given);
        List<String> command = positionals(given);
        if (config.services().isEmpty()) {
            add(Optional.empty(), config.common(), path + ":1:1", more, command);
        } else if (!more.isEmpty() || !command.isEmpty()) {
            throw new ConfigException(List.of(
                    path + " has services of their own: put what stands on the command line beside --config into it"));
        }
        for (Config.Section section : config.services()) {
            add(Optional.of(section.name()), merged(config, section), section.place(), List.of(), List.of());
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
    }

    private List<ConfigEntry> merged(Config config, Config.Section section) {
        Set<String> own = new HashSet<>();
        section.entries().forEach(entry -> own.add(entry.key()));
        List<ConfigEntry> all = new ArrayList<>();
        for (ConfigEntry entry : config.common()) {
            if (entry.key().equals("listen")) {
                problem(entry.place() + ": 'listen' stands in a service, where there are some");
            } else if (!own.contains(entry.key())) {
                all.add(entry);
            }
        }
        if (!own.contains("listen")) {
            problems.add(section.place() + ": the service " + section.name() + " has no 'listen'");
        }
        all.addAll(section.entries());
        return all;
    }

    private void add(
            Optional<String> name, List<ConfigEntry> entries, String place, List<String> more, List<String> command) {
        CommandLine line = Forkd.configured(new CommandLine(new ServeCommand()));
        Set<String> overridden = new HashSet<>();
        more.forEach(option -> overridden.add(option.substring(2, option.indexOf('='))));
        if (!command.isEmpty()) {
            overridden.add(ServeOptions.COMMAND);
        }
        ServeOptions options = new ServeOptions(line.getCommandSpec());
        ConfigArguments arguments = new ConfigArguments(options, entries, overridden);
        arguments.problems().forEach(this::problem);
        One one = new One(name, line, new Places(name, arguments.used(), overridden, place));
        services.add(one);
        try {
            line.parseArgs(arguments.with(more, command).toArray(String[]::new));
        } catch (ParameterException e) {
            problem(one.places().tell(e));
        }
    }

    /** The options of a command line but that of the file, one word each. */
    private static List<String> options(ParseResult given) {
        List<String> words = new ArrayList<>();
        for (OptionSpec option : given.matchedOptions()) {
            Optional<String> key = ServeOptions.keyOf(option);
            if (key.isPresent() && !key.get().equals(ServeOptions.CONFIG)) {
                List<String> values = option.originalStringValues();
                values.forEach(value -> words.add("--" + key.get() + "=" + value));
            }
        }
        return words;
    }

    private static List<String> positionals(ParseResult given) {
        List<String> words = new ArrayList<>();
        for (PositionalParamSpec positional : given.commandSpec().positionalParameters()) {
            words.addAll(positional.originalStringValues());
        }
        return words;
    }

    /**
     * Makes all of them ready to be served.
     *
     * @throws ConfigException with what is wrong about all of them; its cause is the system call that failed, if that comes
     *     first
     */
    List<ServedService> prepare() throws IOException {
        List<ServedService> ready = new ArrayList<>();
        ErrnoException cause = null;
        for (One one : services) {
            try {
                ready.add(one.command().<ServeCommand>getCommand().prepare(one.name()));
            } catch (ParameterException e) {
                problem(one.places().tell(e));
            } catch (ErrnoException e) {
                cause = problems.isEmpty() ? e : cause;
                problem(one.places().tell(e));
            }
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems, cause);
        }
        return CommonWarnings.toldOnce(ready);
    }

    /** Two services have the same one where a key is common to them. */
    private void problem(String line) {
        if (!problems.contains(line)) {
            problems.add(line);
        }
    }

    List<One> all() {
        return services;
    }
}
