package forkd.launcher.process;

import forkd.posix.Errno;
import forkd.posix.ErrnoException;
import forkd.posix.Posix;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Any program of the user's, with the connection as its standard input and output. */
public final class CommandProgram implements WorkerProgram {
    private static final String DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin";

    private final List<String> command;
    private final String path;

    /**
     * Looks the command up, so that a wrong name is an error before the server listens and not with every connection.
     *
     * @param command the program and its arguments
     * @param searchPath the folders where a program without a slash is looked for, as in PATH; null for the default
     * @param root the root directory that it will have, in which it is looked for
     * @throws ErrnoException ENOENT where there is no such program, EACCES where it cannot be executed
     */
    public CommandProgram(List<String> command, String searchPath, Optional<String> root) throws ErrnoException {
        this.command = List.copyOf(command);
        this.path = find(command.get(0), searchPath == null ? DEFAULT_PATH : searchPath, root.orElse(""));
    }

    /** As {@link #CommandProgram(List, String, Optional)}, in this process's root directory. */
    public CommandProgram(List<String> command, String searchPath) throws ErrnoException {
        this(command, searchPath, Optional.empty());
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public List<String> argv(Incoming connection) {
        return command;
    }

    @Override
    public String kind() {
        return "command";
    }

    @Override
    public String name() {
        return String.join(" ", command);
    }

    /** As execvp(3) searches: a program that may not be executed is remembered, one that may be wins. */
    private static String find(String program, String searchPath, String root) throws ErrnoException {
        List<Path> candidates = new ArrayList<>();
        if (program.isEmpty()) {
            throw new ErrnoException("execute()", Errno.ENOENT); // as execvp(3) says
        }
        if (program.indexOf('/') >= 0) {
            candidates.add(Path.of(program));
        } else {
            for (String folder : searchPath.split(":", -1)) {
                candidates.add(Path.of(folder.isEmpty() ? "." : folder, program));
            }
        }
        Errno why = Errno.ENOENT;
        for (Path candidate : candidates) {
            try {
                Path here = Path.of(root + candidate);
                Posix.checkExecutable(here);
                if (!Files.isDirectory(here)) {
                    return candidate.toString();
                }
                why = Errno.EISDIR;
            } catch (ErrnoException e) {
                if (e.errno() != Errno.ENOENT && e.errno() != Errno.ENOTDIR) {
                    why = e.errno();
                }
            }
        }
        throw new ErrnoException("execute(" + program + ")", why);
    }
}
