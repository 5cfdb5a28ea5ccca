package forkd.launcher.freeze;

import forkd.posix.ThreadImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether a JVM can be forked here: what can be said without trying. The proof is a stem's self-test. */
public final class ForkSupport {
    private static final Path YAMA = Path.of("/proc/sys/kernel/yama/ptrace_scope");
    /** 0: any process of the same user; 1: descendants, which a zygote is; 2: with CAP_SYS_PTRACE; 3: nobody. */
    private static final String NOBODY = "3";

    /**
     * One precondition.
     *
     * @param name what is needed
     * @param met whether it is so
     * @param finding what was found
     */
    public record Precondition(String name, boolean met, String finding) {}

    private ForkSupport() {}

    /** All preconditions, met or not. */
    public static List<Precondition> preconditions(List<String> javaOptions) {
        List<Precondition> all = new ArrayList<>();
        String os = System.getProperty("os.name") + " " + System.getProperty("os.version");
        all.add(new Precondition("Linux", os.startsWith("Linux"), os));
        String machine = System.getProperty("os.arch");
        all.add(new Precondition("x86_64", machine.equals("amd64"), machine));
        all.add(new Precondition(
                "glibc",
                ThreadImage.isSupported(),
                ThreadImage.isSupported() ? "setcontext is there" : "the C library has no setcontext"));
        String vm = System.getProperty("java.vm.name") + " " + Runtime.version();
        all.add(new Precondition("HotSpot", vm.contains("HotSpot") || vm.contains("OpenJDK 64-Bit Server VM"), vm));
        Optional<String> collector = javaOptions.stream()
                .filter(option -> option.matches("-XX:\\+Use\\w+GC") && !option.equals("-XX:+UseSerialGC"))
                .findFirst();
        all.add(new Precondition("Serial GC", collector.isEmpty(), collector.orElse("-XX:+UseSerialGC")));
        String scope = yama();
        all.add(new Precondition("ptrace of children", !scope.equals(NOBODY), "kernel.yama.ptrace_scope: " + scope));
        return all;
    }

    /** Why there is no point in trying, in a few words. */
    public static Optional<String> objection(List<String> javaOptions) {
        return preconditions(javaOptions).stream()
                .filter(condition -> !condition.met())
                .findFirst()
                .map(condition -> "it needs " + condition.name() + ", and here is " + condition.finding());
    }

    private static String yama() {
        try {
            return Files.exists(YAMA) ? Files.readString(YAMA).strip() : "not there";
        } catch (IOException e) {
            return "cannot be read: " + e.getMessage();
        }
    }
}
