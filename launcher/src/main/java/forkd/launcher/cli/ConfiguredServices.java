package forkd.launcher.cli;

import forkd.launcher.config.Config;
import forkd.launcher.config.ConfigEntry;
import forkd.launcher.config.ConfigException;
import forkd.launcher.config.ConfigFile;
import forkd.launcher.server.ServedService;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * The services of a config file. Each one's keys are read as the command line of a {@code forkd serve} of its own, so that
 * every option is a key, means the same and is checked by the same code.
 */
final class ConfiguredServices {
    private static final Pattern OPTION = Pattern.compile("--([a-z][a-z0-9-]*)");

    /**
     * A service.
     *
     * @param name empty where the file has one service only
     * @param command parsed, with all options set
     * @param entries of the file
     * @param place of the service in the file
     */
    record One(Optional<String> name, CommandLine command, List<ConfigEntry> entries, String place) {}

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
                String problem = entry.place() + ": 'listen' stands in a service, where there are some";
                if (!problems.contains(problem)) {
                    problems.add(problem);
                }
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
        arguments.problems().stream()
                .filter(problem -> !problems.contains(problem))
                .forEach(problems::add);
        One one = new One(name, line, entries, place);
        services.add(one);
        try {
            line.parseArgs(arguments.with(more, command).toArray(String[]::new));
        } catch (ParameterException e) {
            problems.add(located(e, one));
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

    /** Makes all of them ready to be served. */
    List<ServedService> prepare() throws IOException {
        List<ServedService> ready = new ArrayList<>();
        for (One one : services) {
            try {
                ready.add(one.command().<ServeCommand>getCommand().prepare(one.name()));
            } catch (ParameterException e) {
                problems.add(located(e, one));
            }
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return ready;
    }

    List<One> all() {
        return services;
    }

    /** The message with the place of the key that it is about: the option's that picocli names, or that the message does. */
    private static String located(ParameterException e, One one) {
        Optional<ConfigEntry> entry = entry(one, e.getArgSpec());
        Matcher mentioned = OPTION.matcher(String.valueOf(e.getMessage()));
        while (entry.isEmpty() && mentioned.find()) {
            entry = entry(one, mentioned.group(1));
        }
        return entry.map(ConfigEntry::place).orElse(one.place()) + ": " + e.getMessage();
    }

    private static Optional<ConfigEntry> entry(One one, ArgSpec argument) {
        return argument == null
                ? Optional.empty()
                : ServeOptions.keyOf(argument).flatMap(key -> entry(one, key));
    }

    private static Optional<ConfigEntry> entry(One one, String key) {
        return one.entries().stream().filter(entry -> entry.key().equals(key)).findFirst();
    }
}
