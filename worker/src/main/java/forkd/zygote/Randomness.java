package forkd.zygote;

import forkd.posix.ErrnoException;
import java.lang.ref.Reference;
import java.lang.reflect.Field;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
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

    private static final String OF_MATH = "java.lang.Math$RandomNumberGeneratorHolder";

    private final List<AtomicLong> seeds;
    private RandomState state;

    /** What goes on while the seeds stay together. */
    interface Body {
        void run() throws Exception;
    }

    /** Finds the state; in the zygote. */
    Randomness() throws ReflectiveOperationException {
        touch();
        seeds = seeds();
        find();
    }

    /**
     * Runs with all seeds of the library kept side by side: a worker has to copy each page that it writes a seed to. A collection of
     * young garbage copies first what stacks refer to, in their order, and what is old stays as it is; so they are made as early as
     * possible, and the frames of this stay below all that the body does. Without that each would come to lie beside the class that it
     * belongs to. The main thread's seed is in the thread.
     */
    static void runWithSeedsTogether(Body body) throws Exception {
        List<Object> withSeeds = new ArrayList<>(seeds());
        withSeeds.add(Thread.currentThread());
        runWithTogether(withSeeds, 0, body);
    }

    private static void runWithTogether(List<Object> all, int from, Body body) throws Exception {
        if (from == all.size()) {
            body.run();
            return;
        }
        Object here = all.get(from);
        try {
            runWithTogether(all, from + 1, body);
        } finally {
            Reference.reachabilityFence(here);
        }
    }

    /** All that are one number each. */
    private static List<AtomicLong> seeds() throws ReflectiveOperationException {
        List<AtomicLong> seeds = new ArrayList<>();
        seeds.add((AtomicLong) field(ThreadLocalRandom.class, "seeder").get(null));
        seeds.add((AtomicLong) field(Random.class, "seedUniquifier").get(null));
        seeds.add((AtomicLong) field(SplittableRandom.class, "defaultGen").get(null));
        for (String name : JUMPABLE) {
            Optional<Class<?>> type = jumpable(name);
            if (type.isPresent()) {
                addDefaultGenerator(seeds, type.get());
            }
        }
        seeds.add(seedOf(field(Class.forName(OF_MATH), "randomNumberGenerator")));
        shuffle();
        seeds.add(seedOf(field(Collections.class, "r")));
        return seeds;
    }

    /** The generators of JEP 356 number their instances from one seed for each class; they moved house in JDK 19. */
    private static void addDefaultGenerator(List<AtomicLong> seeds, Class<?> type) throws ReflectiveOperationException {
        for (Field field : type.getDeclaredFields()) {
            if (field.getType() == AtomicLong.class) { // defaultGen, DEFAULT_GEN: the name differs
                field.setAccessible(true);
                seeds.add((AtomicLong) field.get(null));
            }
        }
    }

    /** Its number is all the state that such a generator has, as long as nobody draws a Gaussian. */
    private static AtomicLong seedOf(Field generator) throws ReflectiveOperationException {
        return (AtomicLong) field(Random.class, "seed").get(generator.get(null));
    }

    /** Finds what is made as time goes by; in the zygote, as late as possible. */
    void find() throws ReflectiveOperationException {
        Thread[] threads = Thread.getAllStackTraces().keySet().toArray(Thread[]::new);
        Thread[] virtualThreads = VirtualThreads.all().toArray(Thread[]::new);
        state = new RandomState(seeds, threads, virtualThreads);
        state.rehearseSettling();
    }

    /** Does what can be done once for all workers; in the zygote, when all other threads stand still. */
    void findLast() {
        state.settle();
    }

    /** The class, not initialized by this; empty where this JDK has none, as without the module jdk.random. */
    private static Optional<Class<?>> jumpable(String name) {
        return loaded("jdk.random." + name).or(() -> loaded("jdk.internal.random." + name));
    }

    private static Optional<Class<?>> loaded(String name) {
        try {
            return Optional.of(Class.forName(name, false, ClassLoader.getSystemClassLoader()));
        } catch (ClassNotFoundException e) {
            return Optional.empty(); // the other release's place
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
        shuffle();
    }

    private static void shuffle() {
        List<Integer> cards = new ArrayList<>(List.of(1, 2));
        Collections.shuffle(cards);
        if (cards.size() != 2) {
            throw new IllegalStateException("a shuffle keeps its cards");
        }
    }

    /** New seeds for everything; in the child, before any code of the user's. */
    void reseed() throws ErrnoException, ReflectiveOperationException {
        state.reseed();
    }

    private static Field field(Class<?> type, String name) throws ReflectiveOperationException {
        Field field = type.getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }
}
