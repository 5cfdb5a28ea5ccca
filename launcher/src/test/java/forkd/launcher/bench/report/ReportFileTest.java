package forkd.launcher.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportFileTest {
    @Test
    void aMachineOfAnotherKindIsNamed() {
        assertEquals("jdk17", ReportFile.name(17, ""));
        assertEquals("jdk25-pvm", ReportFile.name(25, "pvm"));
        assertEquals("JDK 17", ReportFile.heading("jdk17"));
        assertEquals("JDK 25 (pvm)", ReportFile.heading("jdk25-pvm"));
    }

    @Test
    void aNameThatWouldBeAnotherFileIsNone() {
        assertTrue(ReportFile.isMachine("pvm"));
        assertFalse(ReportFile.isMachine("../pvm"));
        assertFalse(ReportFile.isMachine(""));
    }

    @Test
    void theUsualMachineComesBeforeOthersOfItsJdk(@TempDir Path folder) throws IOException {
        for (String file : List.of("jdk25.json", "jdk17-pvm.json", "jdk17.json", "other.json", "jdk17-heap.svg")) {
            Files.writeString(folder.resolve(file), "{}");
        }
        assertEquals(
                List.of("jdk17.json", "jdk17-pvm.json", "jdk25.json"),
                ReportFile.all(folder).stream()
                        .map(file -> file.getFileName().toString())
                        .toList());
    }
}
