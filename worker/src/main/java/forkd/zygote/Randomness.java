package forkd.zygote;

import forkd.posix.ErrnoException;
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

    private final List<AtomicLong> seeds = new ArrayList<>();
    private RandomState state;

    /**
     * Makes the state that the library has, as far as it is not there yet, and so that it lies side by side: a worker has to copy each page
     * that it writes a seed to. Objects lie in the order in which they were made, as long as no young collection has put each beside what
     * refers to it; so there is a full one, behind which all of them are old, and stay as they are.
     *
     * <p>In the zygote, as early as possible. Classes are loaded before the first one is initialized, since that makes objects, too.
     */
    static void gather() throws ReflectiveOperationException {
        List<Class<?>> types = new ArrayList<>(List.of(Random.class, ThreadLocalRandom.class, SplittableRandom.class));
        for (String name : JUMPABLE) {
            jumpable(name).ifPresent(types::add);
        }
        types.add(Class.forName(OF_MATH, false, null));
        for (Class<?> type : types) {
            Class.forName(type.getName(), true, type.getClassLoader());
        }
        shuffle();
        System.gc();
    }

    /** Finds the state; in the zygote. */
    Randomness() throws ReflectiveOperationException {
        touch();
        seeds.add((AtomicLong) field(ThreadLocalRandom.class, "seeder").get(null));
        seeds.add((AtomicLong) field(Random.class, "seedUniquifier").get(null));
        seeds.add((AtomicLong) field(SplittableRandom.class, "defaultGen").get(null));
        for (String name : JUMPABLE) {
            findDefaultGenerator(name);
        }
        findSeed(field(Class.forName(OF_MATH), "randomNumberGenerator"));
        findSeed(field(Collections.class, "r"));
        find();
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

    /** Its number is all the state that such a generator has, as long as nobody draws a Gaussian. */
    private void findSeed(Field generator) throws ReflectiveOperationException {
        seeds.add((AtomicLong) field(Random.class, "seed").get(generator.get(null)));
    }

    /** The generators of JEP 356 number their instances from one seed for each class; they moved house in JDK 19. */
    private void findDefaultGenerator(String name) throws ReflectiveOperationException {
        Optional<Class<?>> type = jumpable(name);
        if (type.isEmpty()) {
            return;
        }
        for (Field field : type.get().getDeclaredFields()) {
            if (field.getType() == AtomicLong.class) { // defaultGen, DEFAULT_GEN: the name differs
                field.setAccessible(true);
                seeds.add((AtomicLong) field.get(null));
            }
        }
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
