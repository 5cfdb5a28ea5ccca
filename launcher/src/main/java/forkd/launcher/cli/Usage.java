package forkd.launcher.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** How options are refused that picocli itself has nothing against: with one line for the user. */
final class Usage {
    private Usage() {}

    /**
     * The refusal, to be thrown.
     *
     * @param spec the command that has been given the options
     */
    static ParameterException error(CommandSpec spec, String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    /**
     * The same of one of several values of an option.
     *
     * @param option its long name
     * @param value as it was given
     */
    static ParameterException error(CommandSpec spec, String option, String value, String message) {
        return new ParameterException(spec.commandLine(), message, spec.findOption(option), value);
    }

    /** The value of an option that counts something. */
    static int atLeastOne(CommandSpec spec, String option, int value) {
        if (value < 1) {
            throw error(spec, option + " is at least 1, not " + value);
        }
        return value;
    }
}
