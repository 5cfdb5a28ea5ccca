package forkd.launcher.cli;

import forkd.launcher.process.WorkerStderr;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options of {@code serve} that say which descriptors workers get. */
final class WorkerOptions {
    @Option(
            names = "--worker-stderr",
            paramLabel = "log|inherit",
            defaultValue = "log",
            converter = StderrConverter.class,
            description = {
                "Where workers' standard error goes. log: into the event log, line by line, with the connection's id."
                        + " inherit: to forkd's own standard error, as it is.",
                "Default: ${DEFAULT-VALUE}."
            })
    private WorkerStderr stderr;

    WorkerStderr stderr() {
        return stderr;
    }

    /** The names of {@link WorkerStderr} in lower case. */
    static final class StderrConverter implements ITypeConverter<WorkerStderr> {
        @Override
        public WorkerStderr convert(String text) {
            for (WorkerStderr one : WorkerStderr.values()) {
                if (one.name().toLowerCase(Locale.ROOT).equals(text)) {
                    return one;
                }
            }
            throw new TypeConversionException("'" + text + "' is neither log nor inherit");
        }
    }
}
