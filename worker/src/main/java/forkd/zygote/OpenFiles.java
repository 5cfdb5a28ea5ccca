package forkd.zygote;

import forkd.posix.Errno;
import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.Posix;
import forkd.posix.SharedFile;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The regular files that were open when the zygote was split. A copy of a descriptor shares the file's offset with the
 * original: two workers that each seek and read in the same jar would read each other's bytes. So a worker opens each file
 * anew under its old number.
 *
 * <p>Threads of the user's open, read and close files as long as they run. So which files there are and where they stand is
 * known only at the split; and a rehearsal must not touch theirs:
 *
 * <pre>
 *   a thread                       the rehearsal
 *                                  notes: 9 is a file, at 100
 *   reads from 9, up to 200
 *                                  opens it anew, at 100
 *   reads from 9, from 100 on      or: has closed 9, and a socket has that number
 * </pre>
 */
final class OpenFiles {
    private static final String FOLDER = "/proc/self/fd";

    private SharedFile[] files;
    private final Fd copy;

    /** One file to rehearse with, under a number of its own; closed by {@link #find}. */
    OpenFiles(Fd copy) throws ErrnoException {
        this.copy = copy;
        files = new SharedFile[] {new SharedFile(copy.number())};
    }

    /** One file to rehearse with: a copy of the descriptor of one that is open, whose offset will be its own. */
    static OpenFiles ofRehearsal() throws IOException {
        SharedFile any = list().stream()
                .filter(file -> file.offset() > 0) // all calls of a worker's have to be made
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("this class was read from a file"));
        return new OpenFiles(Posix.duplicate(any.number()));
    }

    /** Notes the files of this process, for its copies; in the zygote, when nobody else opens, reads or closes one any more. */
    void find() throws IOException {
        copy.close();
        files = list().toArray(new SharedFile[0]); // no method reference: it would be linked here
    }

    /** Those of this process whose offset somebody moves: all but the JDK's module image, which the VM maps. */
    static List<SharedFile> list() throws IOException {
        // Not java.nio.file: it opens a socket pair for itself, which every worker would inherit.
        String[] numbers = new File(FOLDER).list();
        if (numbers == null) {
            throw new IOException(FOLDER + " cannot be read");
        }
        String modules = new File(System.getProperty("java.home"), "lib/modules").getCanonicalPath();
        List<SharedFile> files = new ArrayList<>();
        for (String number : numbers) {
            File link = new File(FOLDER, number);
            if (link.isFile() && !link.getCanonicalPath().equals(modules)) {
                find(Integer.parseInt(number))
                        .filter(file -> file.isReadable() && file.number() > Fd.STDERR)
                        .ifPresent(files::add);
            }
        }
        return files;
    }

    /** Empty where another thread has closed it since it was listed. */
    private static Optional<SharedFile> find(int number) throws ErrnoException {
        try {
            return Optional.of(new SharedFile(number));
        } catch (ErrnoException e) {
            if (e.errno() == Errno.EBADF) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** In the child, before a class can be read from one. */
    void reopen() throws ErrnoException {
        for (SharedFile file : files) {
            file.reopen();
        }
    }
}
