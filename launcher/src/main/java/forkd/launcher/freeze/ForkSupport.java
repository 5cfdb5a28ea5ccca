package forkd.launcher.freeze;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Whether a JVM can be forked here: what can be said without trying. The proof is a stem's self-test. */
public final class ForkSupport {
    /** 0: any process of the same user; 1: descendants, which a zygote is; 2: with CAP_SYS_PTRACE; 3: nobody. */
    private static final String NOBODY = "3";

    private static final String SERIAL = "-XX:+UseSerialGC";
    private static final Pattern OTHER_COLLECTOR = Pattern.compile("-XX:\\+Use\\w+GC|-XX:-UseSerialGC");

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
        return preconditions(Machine.here(), javaOptions);
    }

    static List<Precondition> preconditions(Machine machine, List<String> javaOptions) {
        List<Precondition> all = new ArrayList<>();
        all.add(new Precondition("Linux", machine.system().startsWith("Linux"), machine.system()));
        all.add(new Precondition("x86_64", machine.architecture().equals("amd64"), machine.architecture()));
        all.add(glibc(machine));
        String vm = machine.virtualMachine();
        all.add(new Precondition("HotSpot", vm.contains("HotSpot") || vm.contains("OpenJDK 64-Bit Server VM"), vm));
        Optional<String> collector = javaOptions.stream()
                .filter(option -> OTHER_COLLECTOR.matcher(option).matches() && !option.equals(SERIAL))
                .findFirst();
        all.add(new Precondition("Serial GC", collector.isEmpty(), collector.orElse(SERIAL)));
        String scope = machine.ptraceScope();
        all.add(new Precondition("ptrace of children", !scope.equals(NOBODY), "kernel.yama.ptrace_scope: " + scope));
        boolean writable = machine.writableProc();
        String finding = writable ? "/proc/PID/mem can be written" : "one that is mounted read-only, or none";
        all.add(new Precondition("/proc to write", writable, finding));
        return all;
    }

    private static Precondition glibc(Machine machine) {
        if (!machine.hasGlibc()) {
            return new Precondition("glibc", false, "no libc.so.6 in this process");
        }
        boolean met = machine.setcontext().getAsBoolean();
        return new Precondition("glibc", met, met ? "setcontext is there" : "the C library has no setcontext");
    }

    /** Why there is no point in trying, in a few words. */
    public static Optional<String> objection(List<String> javaOptions) {
        return objection(Machine.here(), javaOptions);
    }

    static Optional<String> objection(Machine machine, List<String> javaOptions) {
        return preconditions(machine, javaOptions).stream()
                .filter(condition -> !condition.met())
                .findFirst()
                .map(condition -> "it needs " + condition.name() + ", and here is " + condition.finding());
    }
}
