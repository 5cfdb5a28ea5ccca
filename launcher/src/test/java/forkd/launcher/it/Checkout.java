package forkd.launcher.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The folder that servers are started from: this module's, or, where a user without rights could not read that, a copy of
 * what such a user needs. Else the tests of root would depend on where somebody has put the checkout.
 */
final class Checkout {
    static final String NOBODY = "65534";

    private static final Path FOLDER = folder();

    private Checkout() {}

    /** A file or folder of the module, such as {@code bin/forkd}. */
    static Path resolve(String path) {
        return FOLDER.resolve(path);
    }

    private static Path folder() {
        Path here = Path.of("").toAbsolutePath();
        try {
            return !System.getProperty("user.name").equals("root") || canUse(here) ? here : copy(here);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean canUse(Path module) throws IOException, InterruptedException {
        String tests = "test -x \"$0\"/bin/forkd && test -r \"$0\"/target/forkd/lib/forkd-worker.jar"
                + " && test -x \"$0\"/target/forkd/archives && test -x \"$0\"/target/test-classes";
        return Commands.run("setpriv", "--reuid", NOBODY, "--clear-groups", "sh", "-c", tests, module.toString())
                        .exit()
                == 0;
    }

    /** Start-up archives name the folder that they were made in: those of the copy are made anew. */
    private static Path copy(Path module) throws IOException, InterruptedException {
        Path top = Files.createTempDirectory("forkd-checkout");
        Path copy = Files.createDirectories(top.resolve("launcher"));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(top)));
        run("mkdir", copy + "/bin", copy + "/target");
        run("cp", module + "/bin/forkd", copy + "/bin");
        run("cp", "-r", module + "/target/forkd", module + "/target/test-classes", copy + "/target");
        run("rm", "-rf", copy + "/target/forkd/archives");
        run(copy + "/bin/forkd", "--version");
        run("chmod", "-R", "a+rX", top.toString());
        if (!canUse(copy)) {
            throw new AssertionError("the user nobody can read neither this checkout nor a copy in " + copy);
        }
        return copy;
    }

    private static void remove(Path top) {
        try {
            run("rm", "-rf", top.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Commands.Result result = Commands.run(command);
        if (result.exit() != 0) {
            throw new AssertionError(String.join(" ", command) + ": " + result.output());
        }
    }
}
