package forkd.launcher.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A mapping of a process: proc(5), /proc/PID/smaps.
 *
 * @param line with its addresses, its protection and its file
 * @param fields that follow, a line each
 */
record Smaps(String line, List<String> fields) {
    private static final String ADDRESSES = "[0-9a-f]+-[0-9a-f]+ .*";

    static List<Smaps> of(long pid) throws IOException {
        List<Smaps> all = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/smaps"))) {
            if (line.matches(ADDRESSES)) {
                all.add(new Smaps(line, new ArrayList<>()));
            } else {
                all.get(all.size() - 1).fields.add(line);
            }
        }
        return all;
    }

    long kibibytes(String field) {
        return Long.parseLong(field(field).replaceAll("\\D", ""));
    }

    /** Huge pages were asked for, by MADV_HUGEPAGE. */
    boolean isHuge() {
        return Arrays.asList(field("VmFlags").split(" ", -1)).contains("hg");
    }

    private String field(String name) {
        return fields.stream()
                .filter(line -> line.startsWith(name + ":"))
                .findAny()
                .orElseThrow();
    }
}
