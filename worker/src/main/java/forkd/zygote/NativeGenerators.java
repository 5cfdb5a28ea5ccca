package forkd.zygote;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;

/**
 * What the JDK has read ahead of the kernel's random numbers for {@link java.security.SecureRandom}, and its own generator that it mixes
 * them with. The handles are constants for the reason that {@link ThreadSeed} has.
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

    private final List<Object> generators = new ArrayList<>();

    /** Finds them; in the zygote. */
    NativeGenerators() throws ReflectiveOperationException {
        for (String name : List.of(NATIVE_PRNG, NATIVE_PRNG + "$Blocking", NATIVE_PRNG + "$NonBlocking")) {
            Field field = Class.forName(name).getDeclaredField("INSTANCE");
            field.setAccessible(true);
            Object instance = field.get(null);
            if (instance != null) {
                generators.add(instance);
            }
        }
    }

    /** They ask the kernel at the next draw; in the child. */
    void forget() {
        for (int i = 0; i < generators.size(); i++) {
            Object generator = generators.get(i);
            // Nothing is written that is so already: a worker's first write to a page costs it a copy of the page.
            if ((int) BUFFERED.get(generator) != 0) {
                BUFFERED.set(generator, 0); // bytes read ahead from the kernel
            }
            if (MIX.get(generator) != null) {
                MIX.set(generator, null); // its own generator, seeded from the kernel at the next draw
            }
        }
    }
}
