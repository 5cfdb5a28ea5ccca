package forkd.launcher.bench.report;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reports as files, {@code native-notes/measurements/jdk17.json} and the like. */
public final class ReportFile {
    private static final Gson GSON =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    private ReportFile() {}

    /** What the results of a JDK are called by, on a machine of the usual kind (empty) or of another. */
    public static String name(int feature, String machine) {
        return "jdk" + feature + (machine.isEmpty() ? "" : "-" + machine);
    }

    /** Whether a kind of machine may be called so. */
    public static boolean isMachine(String name) {
        return name.matches("[a-z]+");
    }

    /** The file of that name. */
    public static Path of(Path folder, String name) {
        return folder.resolve(name + ".json");
    }

    /** For people: JDK 17, or JDK 17 (name of the machine). */
    public static String heading(String name) {
        return name.replaceFirst("jdk(\\d+)-(.*)", "JDK $1 ($2)").replace("jdk", "JDK ");
    }

    /** Writes it. Lists of numbers stay in one line. */
    public static void write(Report report, Path file) throws IOException {
        Files.createDirectories(file.getParent());
        String text = GSON.toJson(report);
        String compact = Pattern.compile("\\[[-0-9.,E\\s]*\\]")
                .matcher(text)
                .replaceAll(match -> match.group().replaceAll("\\s+", "").replace(",", ", "));
        Files.writeString(file, compact + "\n");
    }

    /** Reads it. */
    public static Report read(Path file) throws IOException {
        return GSON.fromJson(Files.readString(file), Report.class);
    }

    /** All of a folder, the oldest JDK first, and its usual machine before others. */
    public static List<Path> all(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().matches("jdk\\d+(-[a-z]+)?\\.json"))
                    .sorted(Comparator.comparing(
                            file -> file.getFileName().toString().replace(".json", "")))
                    .toList();
        }
    }
}
