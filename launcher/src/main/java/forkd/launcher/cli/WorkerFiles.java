package forkd.launcher.cli;

import forkd.launcher.process.WorkerJvm;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What workers need of the file system, whoever they run as.
 *
 * @param execute programs
 * @param read single files: the class path, forkd's own jar
 * @param folders folders of which they need some files: the JDK, forkd's libraries
 */
record WorkerFiles(List<String> execute, List<String> read, List<String> folders) {
    /** Of a command: itself, and what starts it. What else it needs, its user knows. */
    static WorkerFiles ofCommand(List<String> executables) {
        return new WorkerFiles(executables, List.of(), List.of());
    }

    /** Of a handler. */
    static WorkerFiles ofHandler(List<Path> classPath, List<Path> warmUpFiles) {
        Path jar = WorkerJvm.workerJar();
        List<String> read = new ArrayList<>(List.of(jar.toString()));
        classPath.forEach(entry -> read.add(entry.toString()));
        warmUpFiles.forEach(file -> read.add(file.toAbsolutePath().toString()));
        return new WorkerFiles(
                List.of(WorkerJvm.javaExecutable()),
                read,
                List.of(
                        System.getProperty("java.home"),
                        jar.resolve("../..").normalize().toString()));
    }
}
