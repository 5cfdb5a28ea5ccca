package forkd.launcher.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import forkd.posix.Errno;
import forkd.posix.ErrnoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandProgramTest {
    @TempDir
    private Path folder;

    private Path first;
    private Path second;

    @BeforeEach
    void makeFolders() throws IOException {
        first = Files.createDirectory(folder.resolve("first"));
        second = Files.createDirectory(folder.resolve("second"));
    }

    @Test
    void aNameWithoutASlashIsSearchedInPath() throws IOException {
        Path program = file(second, "program", "rwxr-xr-x");

        assertEquals(program.toString(), find("program").path());
    }

    @Test
    void theFirstFolderWins() throws IOException {
        Path program = file(first, "program", "rwxr-xr-x");
        file(second, "program", "rwxr-xr-x");

        assertEquals(program.toString(), find("program").path());
    }

    @Test
    void aFileThatIsNotExecutableIsPassedOver() throws IOException {
        file(first, "program", "rw-r--r--");
        Path program = file(second, "program", "rwxr-xr-x");

        assertEquals(program.toString(), find("program").path());
    }

    @Test
    void aFolderOfThatNameIsPassedOver() throws IOException {
        Files.createDirectory(first.resolve("program"));
        Path program = file(second, "program", "rwxr-xr-x");

        assertEquals(program.toString(), find("program").path());
    }

    @Test
    void aFolderInPathThatIsMissingOrAFileIsPassedOver() throws IOException {
        Path plain = file(folder, "plain", "rwxr-xr-x");
        Path program = file(first, "program", "rwxr-xr-x");
        String path = folder.resolve("missing") + ":" + plain + ":" + first;

        assertEquals(program.toString(), new CommandProgram(List.of("program"), path).path());
    }

    @Test
    void aNameWithASlashIsNotSearched() throws IOException {
        Path program = file(folder, "program", "rwxr-xr-x");

        assertEquals(program.toString(), find(program.toString()).path());
    }

    @Test
    void withoutAPathTheSystemsFoldersAreSearched() throws IOException {
        String shell = new CommandProgram(List.of("sh"), null).path();

        assertEquals("sh", Path.of(shell).getFileName().toString());
    }

    @Test
    void anEmptyElementOfPathIsTheWorkingFolder() throws IOException {
        Path here = Files.createTempFile(Path.of(""), "forkd-test-", "");
        try {
            Files.setPosixFilePermissions(here, PosixFilePermissions.fromString("rwxr-xr-x"));
            String name = here.getFileName().toString();

            assertEquals("./" + name, new CommandProgram(List.of(name), first + ":").path());
        } finally {
            Files.delete(here);
        }
    }

    @Test
    void aMissingProgramIsAnErrorThatNamesIt() {
        ErrnoException e = assertThrows(ErrnoException.class, () -> find("program"));

        assertEquals("execute(program) failed: ENOENT (No such file or directory)", e.getMessage());
    }

    @Test
    void aMissingPathIsAnErrorThatNamesIt() {
        String missing = folder.resolve("missing").toString();

        ErrnoException e = assertThrows(ErrnoException.class, () -> find(missing));

        assertEquals("execute(" + missing + ") failed: ENOENT (No such file or directory)", e.getMessage());
    }

    @Test
    void aFileThatIsNotExecutableIsRememberedWhereNothingBetterComes() throws IOException {
        file(first, "program", "rw-r--r--");

        ErrnoException e = assertThrows(ErrnoException.class, () -> find("program"));

        assertEquals("execute(program) failed: EACCES (Permission denied)", e.getMessage());
    }

    @Test
    void aFolderCannotBeExecuted() {
        ErrnoException e = assertThrows(ErrnoException.class, () -> find(first.toString()));

        assertEquals(Errno.EISDIR, e.errno());
    }

    @Test
    void theArgumentsAreTheUsersForEveryConnection() throws IOException {
        List<String> command = List.of("sh", "-c", "echo two words");

        assertEquals(command, new CommandProgram(command, null).argv(null));
    }

    @Test
    void theLogNamesTheWholeCommand() throws IOException {
        CommandProgram program = new CommandProgram(List.of("sh", "-c", "true"), null);

        assertEquals("command", program.kind());
        assertEquals("sh -c true", program.name());
    }

    private CommandProgram find(String program) throws ErrnoException {
        return new CommandProgram(List.of(program), first + ":" + second);
    }

    private static Path file(Path folder, String name, String permissions) throws IOException {
        Path file = Files.createFile(folder.resolve(name));
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }
}
