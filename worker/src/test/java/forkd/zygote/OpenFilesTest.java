package forkd.zygote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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

    @Test
    void noDescriptorOfARehearsalStays() throws IOException {
        Set<String> before = descriptors();
        OpenFiles files = OpenFiles.ofRehearsal();
        files.reopen();
        assertEquals(before.size() + 1, descriptors().size());
        files.find();
        files.reopen();
        assertEquals(before, descriptors());
    }

    @Test
    void filesThatAreOnlyWrittenAreNotAmongThem() throws IOException {
        Path log = folder.resolve("log");
        try (FileOutputStream out = new FileOutputStream(log.toFile())) {
            int files = OpenFiles.list().size();
            out.write('x');
            try (FileInputStream in = new FileInputStream(log.toFile())) {
                assertTrue(in.read() == 'x');
                assertEquals(files + 1, OpenFiles.list().size());
            }
        }
    }

    private static Set<String> descriptors() {
        return new HashSet<>(List.of(new File("/proc/self/fd").list()));
    }
}
