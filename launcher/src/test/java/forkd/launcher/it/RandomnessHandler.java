package forkd.launcher.it;

import forkd.worker.Connection;
import forkd.worker.ConnectionHandler;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;

/** Draws ten numbers of every kind and sends them, each in a line behind the name of its kind. */
public class RandomnessHandler implements ConnectionHandler {
    static final int DRAWS = 10;

    /** What a kind's generator yields at each call. */
    private static final Map<String, Callable<String>> KINDS = new LinkedHashMap<>();

    @Override
    public void handle(Connection connection) throws Exception {
        connection.output().write(draw().getBytes(StandardCharsets.UTF_8));
    }

    /** All kinds, each ten times. The generators are made where this is called. */
    static String draw() throws Exception {
        KINDS.clear();
        simpleOnes();
        generators();
        secureOnes();
        names();
        StringBuilder drawn = new StringBuilder();
        for (Map.Entry<String, Callable<String>> kind : KINDS.entrySet()) {
            for (int i = 0; i < DRAWS; i++) {
                drawn.append(kind.getKey())
                        .append(' ')
                        .append(kind.getValue().call())
                        .append('\n');
            }
        }
        return drawn.toString();
    }

    private static void simpleOnes() {
        KINDS.put("ThreadLocalRandom", () -> "" + ThreadLocalRandom.current().nextLong());
        KINDS.put(
                "ThreadLocalRandom-of-a-new-thread",
                () -> onANewThread(() -> ThreadLocalRandom.current().nextLong()));
        KINDS.put("Math.random", () -> "" + Math.random());
        KINDS.put("new-Random", () -> "" + new Random().nextLong());
        KINDS.put("new-SplittableRandom", () -> "" + new SplittableRandom().nextLong());
        KINDS.put(
                "RandomGenerator.getDefault",
                () -> "" + RandomGenerator.getDefault().nextLong());
        List<Integer> cards = new ArrayList<>(IntStream.range(0, 40).boxed().toList());
        KINDS.put("Collections.shuffle", () -> {
            Collections.shuffle(cards);
            return cards.toString().replace(" ", "");
        });
    }

    private static String onANewThread(Callable<Long> draw) throws Exception {
        FutureTask<Long> task = new FutureTask<>(draw);
        new Thread(task).start();
        return "" + task.get();
    }

    /** Those of java.util.random, of which each class numbers its instances by itself. */
    private static void generators() {
        for (RandomGeneratorFactory<RandomGenerator> factory :
                RandomGeneratorFactory.all().toList()) {
            RandomGenerator generator = factory.create();
            KINDS.put("RandomGenerator-" + factory.name(), () -> "" + generator.nextLong());
        }
    }

    private static void secureOnes() throws Exception {
        KINDS.put("new-SecureRandom", () -> "" + new SecureRandom().nextLong());
        for (String algorithm : List.of("NativePRNG", "NativePRNGNonBlocking", "DRBG", "SHA1PRNG")) {
            SecureRandom random = SecureRandom.getInstance(algorithm);
            KINDS.put("SecureRandom-" + algorithm, () -> "" + random.nextLong());
        }
        SecureRandom strong = SecureRandom.getInstanceStrong();
        KINDS.put("SecureRandom-strong", () -> "" + strong.nextLong());
        KINDS.put("UUID.randomUUID", () -> "" + UUID.randomUUID());
    }

    private static void names() {
        KINDS.put("File.createTempFile", () -> {
            File file = File.createTempFile("forkd", null);
            return deleted(file.toPath());
        });
        KINDS.put("Files.createTempFile", () -> deleted(Files.createTempFile("forkd", null)));
    }

    private static String deleted(Path file) throws IOException {
        Files.delete(file);
        return file.getFileName().toString();
    }

    /** The same, where the zygote has drawn from every kind before. */
    public static final class Warm extends RandomnessHandler {
        private static final SecureRandom DEFAULT = new SecureRandom();
        /** Made by the main thread, which will handle the connections. */
        private static final ThreadLocalRandom OF_THREAD = ThreadLocalRandom.current();

        @Override
        public void warmUp() throws Exception {
            for (int i = 0; i < 3; i++) {
                if (draw().isEmpty() || DEFAULT.nextLong() == 0) {
                    throw new IllegalStateException("nothing drawn");
                }
            }
        }

        @Override
        public void handle(Connection connection) throws Exception {
            super.handle(connection);
            for (int i = 0; i < DRAWS; i++) {
                connection
                        .output()
                        .write(("SecureRandom-made-before-the-fork " + DEFAULT.nextLong() + "\n")
                                .getBytes(StandardCharsets.UTF_8));
                connection
                        .output()
                        .write(("ThreadLocalRandom-made-before-the-fork " + OF_THREAD.nextLong() + "\n")
                                .getBytes(StandardCharsets.UTF_8));
            }
        }
    }
}
