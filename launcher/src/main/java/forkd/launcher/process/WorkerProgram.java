package forkd.launcher.process;

import java.util.List;

/** The program that a spawned worker executes. */
public interface WorkerProgram {
    /** The executable file. */
    String path();

    /** The arguments for one connection, argv[0] first. */
    List<String> argv(Incoming connection);

    /** Where it finds its connection. */
    default DescriptorStyle style() {
        return DescriptorStyle.INETD;
    }

    /** All files that are executed until it runs. */
    default List<String> executables() {
        return List.of(path());
    }

    /** The field of the {@code listening} event that names what runs: {@code handler} or {@code command}. */
    String kind();

    /** The value of that field. */
    String name();
}
