package forkd.launcher.bench.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The plots of a report, as SVG files beside it. */
final class Plots {
    private Plots() {}

    /** The names of the files. */
    static List<String> write(Path folder, String name, Report report) throws IOException {
        return List.of();
    }
}
