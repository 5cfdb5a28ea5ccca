package forkd.worker.handler;

import forkd.worker.Connection;
import forkd.worker.ConnectionHandler;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Tries one thing that Java code does, in a worker: reads its name as a line and answers {@link #PASSED}, {@link #NOT_HERE} with
 * a reason, or what went wrong. {@code forkd doctor} asks for all of them.
 */
public final class CheckHandler implements ConnectionHandler {
    /** The answer to a check that went well. */
    public static final String PASSED = "works";

    /** The beginning of the answer where this JDK does not have what is to be checked. */
    public static final String NOT_HERE = "not here: ";

    private static final String SYSTEM_EXIT = "System.exit";
    private static final String RUNTIME_HALT = "Runtime.halt";
    private static final String SHUTDOWN_HOOKS = "shutdown hooks";
    private static final String EXCEPTION = "exception of the handler";

    /** All checks, in the order in which they are shown. */
    public static final List<String> NAMES = List.of(
            "garbage collection",
            "allocation",
            "out of memory",
            "stack overflow",
            "threads",
            "executor",
            "virtual threads",
            "timed waits",
            "thread dump",
            "parallel stream",
            "lambda",
            "class loading",
            "class of a jar",
            "reflection",
            "proxies",
            "files",
            "sockets",
            "selector",
            "TLS handshake",
            "process start",
            "secure random",
            "cleaner",
            "direct buffers",
            "just-in-time compiler",
            "javac in the process",
            "JShell",
            SHUTDOWN_HOOKS,
            EXCEPTION,
            SYSTEM_EXIT,
            RUNTIME_HALT);

    private static final int FAILED = 1;
    private static final int EXIT = 21;
    private static final int HALT = 22;

    /** With what status the worker ends after a check. */
    public static int exitStatus(String name) {
        return switch (name) {
            case SYSTEM_EXIT -> EXIT;
            case RUNTIME_HALT -> HALT;
            case EXCEPTION -> FAILED;
            default -> 0;
        };
    }

    @Override
    public void handle(Connection connection) throws IOException {
        String name = new BufferedReader(new InputStreamReader(connection.input(), StandardCharsets.UTF_8)).readLine();
        if (name == null) {
            return;
        }
        if (name.equals(SHUTDOWN_HOOKS)) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> answerInHook(connection)));
            return;
        }
        answer(connection, verdict(name));
        switch (name) {
            case SYSTEM_EXIT -> System.exit(EXIT);
            case RUNTIME_HALT -> Runtime.getRuntime().halt(HALT);
            case EXCEPTION -> {
                // Nobody wants to read the trace of what was thrown on purpose; the exit status is the check.
                System.setErr(new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8));
                throw new IllegalStateException("on purpose");
            }
            default -> {
                // It ends as after any connection.
            }
        }
    }

    private static void answerInHook(Connection connection) {
        try {
            answer(connection, PASSED);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void answer(Connection connection, String text) throws IOException {
        connection.output().write(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String verdict(String name) {
        try {
            return run(name) ? PASSED : "gave a wrong result";
        } catch (NotHereException e) {
            return NOT_HERE + e.getMessage();
        } catch (Exception | Error e) {
            return e.toString();
        }
    }

    private static boolean run(String name) throws Exception {
        return switch (name) {
            case "garbage collection" -> MemoryChecks.collects();
            case "allocation" -> MemoryChecks.allocates();
            case "out of memory" -> MemoryChecks.survivesOutOfMemory();
            case "stack overflow" -> MemoryChecks.survivesStackOverflow();
            case "threads" -> ThreadChecks.startsThread();
            case "executor" -> ThreadChecks.executes();
            case "virtual threads" -> ThreadChecks.startsVirtualThreads();
            case "timed waits" -> ThreadChecks.waits();
            case "thread dump" -> ThreadChecks.dumps();
            case "parallel stream" -> ThreadChecks.streamsInParallel();
            case "lambda" -> CodeChecks.usesLambdas();
            case "class loading" -> CodeChecks.loadsClasses();
            case "class of a jar" -> CodeChecks.loadsFromJar();
            case "reflection" -> CodeChecks.reflects();
            case "proxies" -> CodeChecks.makesProxies();
            case "files" -> OutsideChecks.writesFiles();
            case "sockets" -> OutsideChecks.connects();
            case "selector" -> OutsideChecks.selects();
            case "TLS handshake" -> OutsideChecks.shakesHands();
            case "process start" -> OutsideChecks.startsProcess();
            case "secure random" -> OutsideChecks.drawsRandomNumbers();
            case "cleaner" -> MemoryChecks.cleans();
            case "direct buffers" -> MemoryChecks.freesDirectBuffers();
            case "just-in-time compiler" -> CodeChecks.compiles();
            case "javac in the process" -> CodeChecks.compilesJava();
            case "JShell" -> CodeChecks.runsJShell();
            case EXCEPTION, SYSTEM_EXIT, RUNTIME_HALT -> true;
            default -> throw new IllegalArgumentException("no check of that name");
        };
    }
}
