package forkd.launcher.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineSplitterTest {
    private final LineSplitter splitter = new LineSplitter();
    private final List<String> lines = new ArrayList<>();

    @Test
    void linesComeHoweverTheBytesCome() {
        feed("one\ntw");
        feed("o\n");
        feed("\n");
        feed("three\r\nno end");
        assertEquals(List.of("one", "two", "", "three"), lines);

        splitter.finish(this::add);
        splitter.finish(this::add);

        assertEquals(List.of("one", "two", "", "three", "no end"), lines);
    }

    @Test
    void nothingIsNoLine() {
        feed("");
        splitter.finish(this::add);

        assertEquals(List.of(), lines);
    }

    @Test
    void aLongLineComesInPieces() {
        String piece = "x".repeat(LineSplitter.MAX_BYTES);
        feed(piece);
        assertEquals(List.of(), lines);
        feed(piece + "y\n");

        assertEquals(List.of(piece + "+", piece + "+", "y"), lines);
    }

    @Test
    void aPieceOfExactlyTheLargestSizeIsALine() {
        String piece = "x".repeat(LineSplitter.MAX_BYTES);
        feed(piece + "\n");

        assertEquals(List.of(piece), lines);
    }

    @Test
    void noCharacterIsCutInTwo() {
        String text = "x" + "\u00e4\u20ac\ud83d\ude00".repeat(300);
        feed(text + "\n");

        assertEquals(text, String.join("", lines).replace("+", ""));
    }

    @Test
    void whatIsNoUtf8IsCutAllTheSame() {
        byte[] bytes = new byte[3000];
        java.util.Arrays.fill(bytes, (byte) 0x80);
        splitter.feed(bytes, bytes.length, this::add);
        splitter.finish(this::add);

        assertEquals(3, lines.size());
    }

    private void feed(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        splitter.feed(bytes, bytes.length, this::add);
    }

    private void add(String text, boolean more) {
        lines.add(more ? text + "+" : text);
    }
}
