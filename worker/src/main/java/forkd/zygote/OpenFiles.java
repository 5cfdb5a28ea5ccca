package forkd.zygote;

import forkd.posix.Errno;
import forkd.posix.ErrnoException;
import forkd.posix.Fd;
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
 */
final class OpenFiles {
    private static final String FOLDER = "/proc/self/fd";

    private final SharedFile[] files;

    private OpenFiles(SharedFile[] files) {
        this.files = files;
    }

    /** Those of this process whose offset somebody moves: all but the JDK's module image, which the VM maps. */
    static OpenFiles find() throws IOException {
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
        return new OpenFiles(files.toArray(SharedFile[]::new));
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
