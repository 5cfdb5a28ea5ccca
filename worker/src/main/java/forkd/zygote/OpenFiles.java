package forkd.zygote;

import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.SharedFile;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

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
                SharedFile file = new SharedFile(Integer.parseInt(number));
                if (file.isReadable() && file.number() > Fd.STDERR) {
                    files.add(file);
                }
            }
        }
        return new OpenFiles(files.toArray(SharedFile[]::new));
    }

    /** In the child, before a class can be read from one. */
    void reopen() throws ErrnoException {
        for (SharedFile file : files) {
            file.reopen();
        }
    }
}
