package forkd.zygote;

import forkd.posix.Entropy;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The generators from which the JDK seeds every SHA1PRNG and every DRBG that is made without a seed: one for each of the two, made
 * with the first object of its kind. Where that was before the split, the objects that workers make would be alike too.
 */
final class Seeders {
    private static final int SEED_LONGS = 4;

    private static final String SHA1PRNG = "sun.security.provider.SecureRandom$SeederHolder";
    private static final String DRBG = "sun.security.provider.AbstractDrbg$SeederHolder";

    private final List<Object> generators = new ArrayList<>();
    private final List<Method> setSeeds = new ArrayList<>();

    /** Finds those that exist; in the zygote, after the user's code has run. The others each worker makes itself. */
    Seeders() throws ReflectiveOperationException {
        Object sha1 = seeder(SHA1PRNG);
        if (sha1 != null) {
            add(sha1);
        }
        Object source = seeder(DRBG);
        if (source != null) {
            add(captured(source));
        }
    }

    private static Object seeder(String holder) throws ReflectiveOperationException {
        Class<?> type = Class.forName(holder, false, null);
        if (!Identity.isInitialized(type)) {
            return null;
        }
        Field field = type.getDeclaredField("seeder");
        field.setAccessible(true);
        return field.get(null);
    }

    /** The source of the DRBGs' seeds is a lambda expression, and the generator the one thing that it captured. */
    private static Object captured(Object lambda) throws ReflectiveOperationException {
        Field[] fields = lambda.getClass().getDeclaredFields();
        if (fields.length != 1) {
            throw new NoSuchFieldException("the generator behind " + lambda);
        }
        fields[0].setAccessible(true);
        return fields[0].get(lambda);
    }

    private void add(Object generator) throws ReflectiveOperationException {
        Method setSeed = generator.getClass().getMethod("engineSetSeed", byte[].class);
        setSeed.setAccessible(true);
        generators.add(generator);
        setSeeds.add(setSeed);
    }

    /** How many numbers {@link #reseed} takes. */
    int longs() {
        return generators.size() * SEED_LONGS;
    }

    /** Mixes new numbers in; in the child. */
    void reseed(Entropy entropy, int first) throws ReflectiveOperationException {
        int next = first;
        for (int i = 0; i < generators.size(); i++) {
            ByteBuffer seed = ByteBuffer.allocate(SEED_LONGS * Long.BYTES);
            for (int j = 0; j < SEED_LONGS; j++) {
                seed.putLong(entropy.get(next++));
            }
            setSeeds.get(i).invoke(generators.get(i), (Object) seed.array());
        }
    }
}
