package forkd.launcher.cli;

import forkd.launcher.process.WorkerJvm;
import forkd.worker.HandlerException;
import forkd.worker.Handlers;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which Java code serves, and the JVM that it runs in. */
final class HandlerOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--handler",
            paramLabel = "NAME|CLASS",
            description = {
                "The Java handler: " + Handlers.BUILT_IN
                        + ", or a class that implements forkd.worker.ConnectionHandler.",
                "Default: echo."
            })
    private String handler;

    @Option(
            names = "--main",
            paramLabel = "CLASS",
            description =
                    "Instead of a handler: any program's main(String[]), once for each connection, with System.in and"
                            + " System.out bound to it. System.exit ends the worker with that status.")
    private String mainClass;

    @Option(
            names = {"--classpath", "-cp"},
            paramLabel = "PATH",
            split = ":",
            description = "The jars and folders of the handler, separated by colons.")
    private List<Path> classPath = List.of();

    @Option(
            names = {"-J", "--java-option"},
            paramLabel = "OPTION",
            description = "An option for the JVM of each worker, such as -Xmx64m. May be given several times.")
    private List<String> javaOptions = List.of();

    /** Whether any of these options has been given. */
    boolean isGiven() {
        return handler != null || mainClass != null || !classPath.isEmpty() || !javaOptions.isEmpty();
    }

    void effective(EffectiveValues values) {
        if (mainClass == null) {
            values.put("handler", served().label());
        }
    }

    /** The handler or program, which has not been looked for. */
    ServedHandler served() {
        List<Path> absolute = classPath.stream().map(Path::toAbsolutePath).toList();
        return mainClass == null
                ? ServedHandler.handler(handler == null ? "echo" : handler, absolute, javaOptions)
                : ServedHandler.main(mainClass, absolute, javaOptions);
    }

    /**
     * The handler, which has been found on its class path, for a JVM that has accepted its options. None of its code has run.
     * May start a JVM.
     */
    ServedHandler find() throws IOException {
        if (handler != null && mainClass != null) {
            throw usage("--handler and --main exclude each other");
        }
        ServedHandler served = served();
        try (URLClassLoader loader = loader()) {
            Handlers.find(served.name(), loader);
        } catch (HandlerException e) {
            throw usage(e.getMessage());
        } catch (IOException e) {
            throw usage("--classpath: " + e.getMessage());
        }
        checkJavaOptions();
        return served;
    }

    private URLClassLoader loader() {
        List<URL> urls = new ArrayList<>();
        for (Path entry : classPath) {
            if (!Files.isReadable(entry)) {
                throw Usage.error(spec, "--classpath", entry.toString(), "--classpath: " + entry + " cannot be read");
            }
            urls.add(url(entry));
        }
        return new URLClassLoader(urls.toArray(URL[]::new), Handlers.class.getClassLoader());
    }

    private URL url(Path entry) {
        try {
            return entry.toUri().toURL();
        } catch (MalformedURLException e) {
            throw usage("--classpath: " + e.getMessage());
        }
    }

    /** A JVM that refuses its options would be found by every single worker. */
    private void checkJavaOptions() throws IOException {
        if (!javaOptions.isEmpty()) {
            Optional<String> refusal = WorkerJvm.refusal(javaOptions);
            if (refusal.isPresent()) {
                throw usage("--java-option: the JVM refuses it: " + refusal.get());
            }
        }
    }

    private ParameterException usage(String message) {
        return Usage.error(spec, message);
    }
}
