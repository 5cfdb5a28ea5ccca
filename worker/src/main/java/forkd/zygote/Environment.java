package forkd.zygote;

import forkd.posix.EnvironmentBlock;
import forkd.posix.PacketBuffer;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The environment of a process that learns of its connection when it already runs. The C library's is replaced at once, with
 * one store: native code and every program that the process starts see it. {@link System#getenv} and
 * {@link ProcessBuilder#environment} read it from there when somebody asks, and not before: most handlers do not.
 */
final class Environment {
    private static final String IMPLEMENTATION = "java.lang.ProcessEnvironment";

    private static final int BLOCK = EnvironmentBlock.align(ZygoteProtocol.SHORT_BYTES);

    private final LiveEnvironment live;
    private final List<String> own;
    /** What the C library has as its environment, where it was made here. */
    private long installed;
    /** Where the environment lies that {@link #pretend} has made. */
    @SuppressWarnings("UnusedVariable") // native code reads it
    private PacketBuffer kept;

    private Environment(LiveEnvironment live, List<String> own) {
        this.live = live;
        this.own = own;
    }

    /**
     * Puts a live map where the class library keeps its own. It stands in a static final field: no compiled code may have seen
     * it yet, so this is one of the first things that a process does.
     */
    static Environment takeOver() throws ReflectiveOperationException {
        Class<?> type = Class.forName(IMPLEMENTATION);
        Method environ = type.getDeclaredMethod("environ");
        environ.setAccessible(true);
        Method variable = valueOf(IMPLEMENTATION + "$Variable");
        Method value = valueOf(IMPLEMENTATION + "$Value");
        LiveEnvironment live = new LiveEnvironment(() -> read(environ, variable, value));
        putStatic(type.getDeclaredField("theEnvironment"), live);
        Object unmodifiable =
                accessible(type.getDeclaredField("theUnmodifiableEnvironment")).get(null);
        Object strings =
                accessible(unmodifiable.getClass().getDeclaredField("m")).get(unmodifiable);
        accessible(strings.getClass().getDeclaredField("m")).set(strings, live);
        List<String> own = new ArrayList<>();
        System.getenv().forEach((name, text) -> own.add(name + "=" + text));
        return new Environment(live, own);
    }

    /** Makes what came in a packet the environment of this process; the packet's memory stays in use. */
    void become(PacketBuffer packet) {
        long environment = EnvironmentBlock.prepare(packet, packet.getInt(ZygoteProtocol.ENVIRONMENT));
        if (environment != installed) { // or a worker would have one more page to copy
            install(environment);
        }
        live.forget();
    }

    /**
     * Installs what will come, in a stem: no worker asks for an environment before. Until then there is an empty one, as the memory is zero, or
     * that of a connection before, whose worker is another process.
     *
     * @param data where the packet will be
     */
    void expect(long data) {
        install(EnvironmentBlock.expected(data, ZygoteProtocol.BLOCK));
    }

    private void install(long environment) {
        EnvironmentBlock.install(environment);
        installed = environment;
    }

    /** Adds to the environment that this process was born with, for as long as it has no connection. */
    void pretend(List<String> variables) {
        List<byte[]> all = new ArrayList<>();
        variables.forEach(variable -> all.add(variable.getBytes(StandardCharsets.UTF_8)));
        own.forEach(variable -> all.add(variable.getBytes(StandardCharsets.UTF_8)));
        PacketBuffer packet = new PacketBuffer(BLOCK + EnvironmentBlock.size(all), 0);
        EnvironmentBlock.write(packet, BLOCK, all);
        packet.putInt(ZygoteProtocol.ENVIRONMENT, BLOCK);
        become(packet);
        kept = packet; // and the one before is garbage now
    }

    /** Reads once more when somebody asks: the last step before the split, so that a worker need not say it. */
    void forget() {
        live.forget();
    }

    /** As the static initialiser does: from back to front, so that the first of two with one name counts. */
    private static Map<Object, Object> read(Method environ, Method variable, Method value) {
        try {
            byte[][] all = (byte[][]) environ.invoke(null);
            Map<Object, Object> map = new HashMap<>(all.length);
            for (int i = all.length - 1; i > 0; i -= 2) {
                map.put(variable.invoke(null, (Object) all[i - 1]), value.invoke(null, (Object) all[i]));
            }
            return map;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the environment cannot be read", e);
        }
    }

    private static Method valueOf(String type) throws ReflectiveOperationException {
        Method method = Class.forName(type).getMethod("valueOf", byte[].class);
        method.setAccessible(true);
        return method;
    }

    private static void putStatic(Field field, Object value) throws ReflectiveOperationException {
        Class<?> type = Class.forName("jdk.internal.misc.Unsafe");
        Object unsafe = type.getMethod("getUnsafe").invoke(null);
        Object base = type.getMethod("staticFieldBase", Field.class).invoke(unsafe, field);
        Object offset = type.getMethod("staticFieldOffset", Field.class).invoke(unsafe, field);
        type.getMethod("putReferenceVolatile", Object.class, long.class, Object.class)
                .invoke(unsafe, base, offset, value);
    }

    private static Field accessible(Field field) {
        field.setAccessible(true);
        return field;
    }
}
