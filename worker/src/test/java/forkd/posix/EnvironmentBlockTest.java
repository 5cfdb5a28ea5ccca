package forkd.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EnvironmentBlockTest {
    @Test
    void aBlockHoldsWhereEachVariableBegins() {
        List<byte[]> variables = List.of(bytes("A=1"), bytes("LONG=" + "x".repeat(100)), bytes("EMPTY="));
        int at = EnvironmentBlock.align(27);
        PacketBuffer packet = new PacketBuffer(at + EnvironmentBlock.size(variables), 0);

        EnvironmentBlock.write(packet, at, variables);

        assertEquals(32, at);
        assertEquals(3, packet.getLong(at));
        List<String> read = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            read.add(string(packet, at + (int) packet.getLong(at + i * Long.BYTES)));
        }
        assertEquals(List.of("A=1", "LONG=" + "x".repeat(100), "EMPTY="), read);
        assertEquals(0, packet.getLong(at + 4 * Long.BYTES));
    }

    @Test
    void aBlockForAKnownPlaceNeedsNoChange() {
        List<byte[]> variables = List.of(bytes("A=1"), bytes("B=22"));
        PacketBuffer packet = new PacketBuffer(8 + EnvironmentBlock.size(variables), 0);

        EnvironmentBlock.writeFor(packet.address(), packet, 8, variables);

        assertEquals(0, packet.getLong(8));
        assertEquals("A=1", string(packet, (int) (packet.getLong(16) - packet.address())));
        assertEquals("B=22", string(packet, (int) (packet.getLong(24) - packet.address())));
        assertEquals(0, packet.getLong(32));
    }

    @Test
    void anEmptyEnvironmentIsABlockToo() {
        PacketBuffer packet = new PacketBuffer(EnvironmentBlock.size(List.of()), 0);

        EnvironmentBlock.write(packet, 0, List.of());

        assertEquals(16, EnvironmentBlock.size(List.of()));
        assertEquals(0, packet.getLong(0));
        assertEquals(0, packet.getLong(8));
    }

    private static String string(PacketBuffer packet, int at) {
        StringBuilder text = new StringBuilder();
        for (int i = at; packet.getByte(i) != 0; i++) {
            text.append((char) packet.getByte(i));
        }
        return text.toString();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
