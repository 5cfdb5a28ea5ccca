package forkd.zygote;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;

/**
 * What the JDK has read ahead of the kernel's random numbers for {@link java.security.SecureRandom}, and its own generator that it mixes
 * them with.
 */
final class NativeGenerators {
    private static final String NATIVE_PRNG = "sun.security.provider.NativePRNG";

    private static final VarHandle BUFFERED;
    private static final VarHandle MIX;

    static {
        try {
            Class<?> type = Class.forName(NATIVE_PRNG + "$RandomIO");
            MethodHandles.Lookup inside = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
            BUFFERED = inside.findVarHandle(type, "buffered", int.class);
            MIX = inside.findVarHandle(
                    type, "mixRandom", type.getDeclaredField("mixRandom").getType());
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Object[] generators;

    /** Finds them; in the zygote. */
    NativeGenerators() throws ReflectiveOperationException {
        List<Object> found = new ArrayList<>();
        for (Class<?> type : types()) {
            Field field = type.getDeclaredField("INSTANCE");
            field.setAccessible(true);
            Object instance = field.get(null);
            if (instance != null) {
                found.add(instance);
            }
        }
        generators = found.toArray();
    }

    /** The classes that have one each. They are not initialized by this. */
    static List<Class<?>> types() throws ClassNotFoundException {
        List<Class<?>> types = new ArrayList<>();
        for (String name : List.of(NATIVE_PRNG, NATIVE_PRNG + "$Blocking", NATIVE_PRNG + "$NonBlocking")) {
            types.add(Class.forName(name, false, null));
        }
        return types;
    }

    /**
     * They ask the kernel at the next draw. Once for all workers, when all other threads stand still: one that draws would find fewer
     * bytes than it has counted.
     */
    void forget() {
        for (Object generator : generators) {
            forget(generator, buffered(generator), mix(generator));
        }
    }

    /** The same without an effect: no generator has read a negative number of bytes. */
    void rehearseForgetting() {
        for (Object generator : generators) {
            if (mix(generator) != this) { // is read, too: the call has to be linked
                forget(generator, Math.min(-1, -buffered(generator)), null);
            }
        }
    }

    private static int buffered(Object generator) {
        return (int) BUFFERED.get(generator);
    }

    private static Object mix(Object generator) {
        return MIX.get(generator);
    }

    private static void forget(Object generator, int buffered, Object mix) {
        BUFFERED.compareAndSet(generator, buffered, 0); // bytes read ahead from the kernel
        MIX.compareAndSet(generator, mix, null); // its own generator, seeded from the kernel at the next draw
    }
}
