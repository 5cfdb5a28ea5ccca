package forkd.zygote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import forkd.posix.Posix;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which files are opened anew, and when they are looked at. */
class OpenFilesTest {
    @TempDir
    Path folder;

    @Test
    void aRehearsalLeavesTheOffsetsOfOthersAlone() throws IOException {
        Path path = Files.writeString(folder.resolve("file"), "abcdef");
        try (FileInputStream file = new FileInputStream(path.toFile())) {
            OpenFiles files = OpenFiles.ofRehearsal();
            assertEquals('a', file.read());
            files.reopen();
            assertEquals('b', file.read());
            files.find();
            assertEquals('c', file.read());
            files.reopen();
            assertEquals('c', file.read());
        }
    }

    /** Counts those of one file: the garbage collector may close others at any time. */
    @Test
    void noDescriptorOfARehearsalStays() throws IOException {
        Path path = Files.writeString(folder.resolve("file"), "abcdef").toRealPath();
        try (FileInputStream file = new FileInputStream(path.toFile())) {
            OpenFiles files = new OpenFiles(Posix.duplicate(openOf(path).get(0)));
            files.reopen();
            assertEquals(2, openOf(path).size());
            files.find();
            files.reopen();
            assertEquals(1, openOf(path).size());
        }
    }

    @Test
    void filesThatAreOnlyWrittenAreNotAmongThem() throws IOException {
        Path log = folder.resolve("log");
        try (FileOutputStream out = new FileOutputStream(log.toFile())) {
            out.write('x');
            try (FileInputStream in = new FileInputStream(log.toFile())) {
                assertTrue(in.read() == 'x');
                List<Integer> both = openOf(log.toRealPath());
                assertEquals(2, both.size());
                assertEquals(
                        1,
                        OpenFiles.list().stream()
                                .filter(file -> both.contains(file.number()))
                                .count());
            }
        }
    }

    private static List<Integer> openOf(Path file) throws IOException {
        List<Integer> numbers = new ArrayList<>();
        for (String number : new File("/proc/self/fd").list()) {
            if (new File("/proc/self/fd", number).getCanonicalFile().equals(file.toFile())) {
                numbers.add(Integer.valueOf(number));
            }
        }
        return numbers;
    }
}
