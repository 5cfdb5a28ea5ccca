package forkd.launcher.cli;

import forkd.launcher.config.TomlText;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** Prints what a command line of {@code forkd serve} amounts to, as a config file. */
final class EffectiveConfig {
    private final PrintWriter out;

    EffectiveConfig(PrintWriter out) {
        this.out = out;
    }

    /**
     * All options that have a value: those that were given, and defaults, which are marked.
     *
     * @param effective of the command, whose options have been prepared
     */
    void print(CommandLine serve, EffectiveValues effective) {
        ParseResult given = serve.getParseResult();
        for (OptionSpec option : new ServeOptions(serve.getCommandSpec()).all()) {
            String key = ServeOptions.keyOf(option).orElseThrow();
            boolean isGiven = given.hasMatchedOption(option);
            List<String> values = effective.of(key).orElseGet(() -> said(option, isGiven));
            if (!values.isEmpty()) {
                out.println(key + " = " + value(option, values) + (isGiven ? "" : "  # default"));
            }
        }
        List<String> command = new ArrayList<>();
        for (PositionalParamSpec positional : given.commandSpec().positionalParameters()) {
            command.addAll(positional.originalStringValues());
        }
        if (!command.isEmpty()) {
            out.println(ServeOptions.COMMAND + " = " + TomlText.array(command));
        }
    }

    private static List<String> said(OptionSpec option, boolean isGiven) {
        if (isGiven) {
            return option.originalStringValues();
        }
        return option.defaultValue() == null ? List.of() : List.of(option.defaultValue());
    }

    private static String value(OptionSpec option, List<String> values) {
        if (option.isMultiValue()) {
            return TomlText.array(values);
        }
        String last = values.get(values.size() - 1);
        if (ServeOptions.isBoolean(option) || last.matches("0|[1-9]\\d{0,17}")) {
            return last;
        }
        return TomlText.string(last);
    }
}
