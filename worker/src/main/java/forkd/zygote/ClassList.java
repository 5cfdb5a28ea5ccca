package forkd.zygote;

import forkd.worker.HandlerException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file with names of classes that are loaded and initialised before the warm-up, so that no worker has to do it: a name a line, as
 * {@link Class#getName} has it, and comments behind {@code #}.
 */
final class ClassList {
    private final Path file;

    ClassList(Path file) {
        this.file = file;
    }

    /**
     * Loads them in their order.
     *
     * @throws HandlerException names the file, and the line of a class that cannot be loaded
     */
    void load(ClassLoader loader) throws HandlerException {
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            int number = 1;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String name = line.replaceFirst("#.*", "").strip();
                if (!name.isEmpty()) {
                    load(name, number, loader);
                }
                number++;
            }
        } catch (CharacterCodingException e) {
            throw new HandlerException("--warm-up-classes " + file + ": no text in UTF-8", e);
        } catch (IOException | UncheckedIOException e) {
            throw new HandlerException("--warm-up-classes " + file + ": " + e, e);
        }
    }

    private void load(String name, int line, ClassLoader loader) throws HandlerException {
        try {
            Class.forName(name, true, loader);
        } catch (ClassNotFoundException e) {
            throw failed(name, line, "there is no such class in the class path", e);
        } catch (ExceptionInInitializerError e) {
            throw failed(name, line, "it cannot be initialised: " + e.getCause(), e);
        } catch (LinkageError e) {
            throw failed(name, line, e.toString(), e);
        }
    }

    private HandlerException failed(String name, int line, String why, Throwable e) {
        return new HandlerException("--warm-up-classes " + file + ":" + line + ": " + name + ": " + why, e);
    }
}
