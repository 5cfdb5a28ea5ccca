package forkd.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Of this JVM's own title, which is put back. */
class TitleAreaTest {
    private static final Path LINE = Path.of("/proc/self/cmdline");

    @Test
    void aTitleIsAllThatTheAreaHolds() throws Exception {
        byte[] before = Files.readAllBytes(LINE);
        String own = Files.readString(Path.of("/proc/thread-self/comm")).trim();
        TitleArea area = new TitleArea("forkd: a test");
        try {
            write(area, "forkd: worker 12 echo 127.0.0.1:4711");
            assertEquals("forkd: worker 12 echo 127.0.0.1:4711", title());
            assertEquals(
                    "forkd: a test",
                    Files.readString(Path.of("/proc/thread-self/comm")).trim());
            write(area, "forkd: short");
            assertEquals("forkd: short", title());
        } finally {
            PacketBuffer packet = new PacketBuffer(before.length, 0);
            packet.putBytes(0, before, 0, before.length);
            new TitleArea(own).write(packet, 0, before.length);
        }
    }

    private static void write(TitleArea area, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        PacketBuffer packet = new PacketBuffer(3 + bytes.length, 0);
        packet.putBytes(3, bytes, 0, bytes.length);
        area.write(packet, 3, bytes.length);
    }

    private static String title() throws Exception {
        byte[] line = Files.readAllBytes(LINE);
        int end = 0;
        while (end < line.length && line[end] != 0) {
            end++;
        }
        for (int i = end; i < line.length; i++) {
            assertEquals(0, line[i]);
        }
        return new String(line, 0, end, StandardCharsets.UTF_8);
    }
}
