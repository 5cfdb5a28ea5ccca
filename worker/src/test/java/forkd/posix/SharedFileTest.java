package forkd.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedFileTest {
    private static final byte[] TEXT = "abcdef".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    Path folder;

    private Path path;

    @BeforeEach
    void write() throws IOException {
        path = Files.write(folder.resolve("file"), TEXT);
    }

    @Test
    void hasAnOffsetOfItsOwnThenThatBeginsWhereItWasNoted() throws IOException {
        try (Fd file = Posix.open(path.toString());
                Fd copy = Posix.duplicate(file.number())) {
            read(file, 2);
            SharedFile shared = new SharedFile(file.number());
            read(copy, 3);
            shared.reopen();
            assertEquals("cd", read(file, 2));
            assertEquals("f", read(copy, 2));
        }
    }

    @Test
    void isTheSameFileWhereItsPathLeadsToAnother() throws IOException {
        try (Fd file = Posix.open(path.toString())) {
            SharedFile shared = new SharedFile(file.number());
            Path other = Files.writeString(folder.resolve("other"), "OTHER!");
            Files.move(other, path, StandardCopyOption.REPLACE_EXISTING);
            shared.reopen();
            assertEquals("abcdef", read(file, TEXT.length));
        }
    }

    @Test
    void isTheSameFileWhereItIsDeleted() throws IOException {
        try (Fd file = Posix.open(path.toString())) {
            SharedFile shared = new SharedFile(file.number());
            Files.delete(path);
            shared.reopen();
            assertEquals("abcdef", read(file, TEXT.length));
        }
    }

    @Test
    void isTheSameFileWhereItWasDeletedBefore() throws IOException {
        try (Fd file = Posix.open(path.toString())) {
            Files.delete(path);
            new SharedFile(file.number()).reopen();
            assertEquals("abcdef", read(file, TEXT.length));
        }
    }

    @Test
    void leavesNoOtherDescriptor() throws IOException {
        try (Fd file = Posix.open(path.toString())) {
            SharedFile shared = new SharedFile(file.number());
            Set<Integer> before = Descriptors.of(Posix.getpid());
            shared.reopen();
            assertEquals(before, Descriptors.of(Posix.getpid()));
        }
    }

    private static String read(Fd file, int most) throws IOException {
        byte[] bytes = new byte[most];
        int count = Posix.read(file, bytes, 0, most);
        return new String(bytes, 0, count, StandardCharsets.US_ASCII);
    }
}
