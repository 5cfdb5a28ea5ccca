package forkd.launcher.bench;

import forkd.launcher.bench.report.ReportFile;
import java.nio.file.Path;
import java.util.Set;

/**
 * How a run is done.
 *
 * @param smoke the short one, which only looks for a loss
 * @param cases the cases; empty for all
 * @param machine the name of this machine's kind in the files' names; empty for the usual one
 * @param project the project's folder
 * @param folder for what a run needs and leaves: programs, logs
 */
record Settings(boolean smoke, Set<String> cases, String machine, Path project, Path folder) {
    /** What differs between the long run and the short one. */
    int pick(int full, int forSmoke) {
        return smoke ? forSmoke : full;
    }

    /** The short run leaves out what has no ratio. */
    boolean wants(Case one) {
        return (cases.isEmpty() || cases.contains(one.name())) && (!smoke || one.isForSmoke());
    }

    /** What the results of this JDK and this machine are called by. */
    String recordName() {
        return ReportFile.name(Runtime.version().feature(), machine);
    }

    Path measurements() {
        return project.resolve("native-notes").resolve("measurements");
    }
}
