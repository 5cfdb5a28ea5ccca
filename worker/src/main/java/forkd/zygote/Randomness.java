package forkd.zygote;

import forkd.posix.Entropy;
import forkd.posix.ErrnoException;
import java.lang.reflect.Field;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The random state of the class library, which all copies of a process have in common: without a new seed two workers
 * would draw the same keys, session numbers and names of temporary files. All of it that exists is found before the split;
 * a worker then overwrites it with numbers of the kernel's.
 *
 * <p>Generators that user code made before the split and keeps are not found: a {@link Random} in a static field goes on
 * alike in all workers. {@link forkd.worker.ForkHook} is the place to renew them. {@code native-notes/randomness.md} lists
 * what is and what is not renewed.
 */
final class Randomness {
    private static final long GOLDEN_RATIO = 0x9e3779b97f4a7c15L;

    private static final List<String> JUMPABLE = List.of(
            "L32X64MixRandom",
            "L64X128MixRandom",
            "L64X128StarStarRandom",
            "L64X256MixRandom",
            "L64X1024MixRandom",
            "L128X128MixRandom",
            "L128X256MixRandom",
            "L128X1024MixRandom",
            "Xoroshiro128PlusPlus",
            "Xoshiro256PlusPlus");

    private final List<AtomicLong> seeds = new ArrayList<>();
    private final NativeGenerators nativeGenerators;
    private Thread[] threads;
    private Thread[] virtualThreads;
    private Seeders seeders;
    private Entropy entropy;

    /** Finds the state; in the zygote. */
    Randomness() throws ReflectiveOperationException {
        touch();
        seeds.add((AtomicLong) field(ThreadLocalRandom.class, "seeder").get(null));
        seeds.add((AtomicLong) field(Random.class, "seedUniquifier").get(null));
        seeds.add((AtomicLong) field(SplittableRandom.class, "defaultGen").get(null));
        for (String name : JUMPABLE) {
            findDefaultGenerator(name);
        }
        findSeed(field(Class.forName("java.lang.Math$RandomNumberGeneratorHolder"), "randomNumberGenerator"));
        findSeed(field(Collections.class, "r"));
        nativeGenerators = new NativeGenerators();
        find();
    }

    /** Finds what is made as time goes by; in the zygote, as late as possible. */
    void find() throws ReflectiveOperationException {
        threads = Thread.getAllStackTraces().keySet().toArray(Thread[]::new);
        virtualThreads = VirtualThreads.all().toArray(Thread[]::new);
        seeders = new Seeders();
        entropy = new Entropy(seeds.size() + threads.length + seeders.longs() + 1);
    }

    /** Its number is all the state that such a generator has, as long as nobody draws a Gaussian. */
    private void findSeed(Field generator) throws ReflectiveOperationException {
        seeds.add((AtomicLong) field(Random.class, "seed").get(generator.get(null)));
    }

    /** The generators of JEP 356 number their instances from one seed for each class; they moved house in JDK 19. */
    private void findDefaultGenerator(String name) throws ReflectiveOperationException {
        for (String place : List.of("jdk.random.", "jdk.internal.random.")) {
            Class<?> type;
            try {
                type = Class.forName(place + name);
            } catch (ClassNotFoundException e) {
                continue; // the other release's place
            }
            for (Field field : type.getDeclaredFields()) {
                if (field.getType() == AtomicLong.class) { // defaultGen, DEFAULT_GEN: the name differs
                    field.setAccessible(true);
                    seeds.add((AtomicLong) field.get(null));
                }
            }
        }
    }

    /** Every generator of the library exists from here on, so that none is made later from a seed that workers share. */
    private static void touch() {
        Math.random();
        ThreadLocalRandom.current().nextInt();
        new Random().nextInt();
        new SplittableRandom().nextInt();
        new SecureRandom().nextInt();
        UUID.randomUUID();
        List<Integer> cards = new ArrayList<>(List.of(1, 2));
        Collections.shuffle(cards);
        if (cards.size() != 2) {
            throw new IllegalStateException("a shuffle keeps its cards");
        }
    }

    /** New seeds for everything; in the child, before any code of the user's. */
    void reseed() throws ErrnoException, ReflectiveOperationException {
        entropy.refill();
        int next = 0;
        for (int i = 0; i < seeds.size(); i++) {
            seeds.get(i).set(entropy.get(next++));
        }
        for (int i = 0; i < threads.length; i++) {
            ThreadSeed.renew(threads[i], entropy.get(next++));
        }
        long base = entropy.get(next++); // there may be a million of them, and this is no secret
        for (int i = 0; i < virtualThreads.length; i++) {
            base += GOLDEN_RATIO;
            ThreadSeed.renew(virtualThreads[i], mixed(base));
        }
        seeders.reseed(entropy, next);
        nativeGenerators.forget();
    }

    /** As SplittableRandom makes numbers of its states, which lie at even distances. */
    private static long mixed(long state) {
        long z = (state ^ (state >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    private static Field field(Class<?> type, String name) throws ReflectiveOperationException {
        Field field = type.getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }
}
