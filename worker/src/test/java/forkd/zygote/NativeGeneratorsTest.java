package forkd.zygote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NativeGeneratorsTest {
    private final List<Object> instances = new ArrayList<>();
    private final NativeGenerators generators;

    NativeGeneratorsTest() throws ReflectiveOperationException {
        new SecureRandom().nextBytes(new byte[20]);
        new SecureRandom().setSeed(1); // makes the generator that the kernel's numbers are mixed with
        for (Class<?> type : NativeGenerators.types()) {
            Field instance = type.getDeclaredField("INSTANCE");
            instance.setAccessible(true);
            instances.add(instance.get(null));
        }
        generators = new NativeGenerators();
    }

    @Test
    void allThatWasReadAheadIsForgotten() throws ReflectiveOperationException {
        assertTrue(remember());

        generators.forget();

        assertFalse(remember());
        for (Object instance : instances) {
            assertEquals(0, field(instance, "buffered"));
        }
    }

    @Test
    void theRehearsalForgetsNothing() throws ReflectiveOperationException {
        List<Object> before = state();

        generators.rehearseForgetting();

        assertEquals(before, state());
        assertTrue(remember());
    }

    private boolean remember() throws ReflectiveOperationException {
        boolean remember = false;
        for (Object instance : instances) {
            remember |= (int) field(instance, "buffered") > 0 || field(instance, "mixRandom") != null;
        }
        return remember;
    }

    private List<Object> state() throws ReflectiveOperationException {
        List<Object> state = new ArrayList<>();
        for (Object instance : instances) {
            state.add(field(instance, "buffered"));
            state.add(field(instance, "mixRandom"));
        }
        return state;
    }

    private static Object field(Object instance, String name) throws ReflectiveOperationException {
        Field field = instance.getClass().getDeclaredField(name);
        field.setAccessible(true);
        return field.get(instance);
    }
}
