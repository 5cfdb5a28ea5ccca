package forkd.launcher.it;

import forkd.worker.Connection;
import forkd.worker.ConnectionHandler;
import forkd.worker.ForkHook;
import java.nio.charset.StandardCharsets;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.SecureRandomSpi;
import java.security.Security;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Draws from generators that it has made itself before the fork, of which forkd does not know. */
public class OwnRandomHandler implements ConnectionHandler {
    /** DRBG, SHA1PRNG and a plain one. */
    private static final List<Random> OWN = make();

    private static List<Random> make() {
        try {
            List<Random> made =
                    List.of(SecureRandom.getInstance("DRBG"), SecureRandom.getInstance("SHA1PRNG"), new Random());
            made.forEach(Random::nextLong);
            return made;
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void handle(Connection connection) throws Exception {
        StringBuilder drawn = new StringBuilder();
        for (Random random : OWN) {
            drawn.append(random.getClass().getSimpleName())
                    .append(random instanceof SecureRandom secure ? "-" + secure.getAlgorithm() : "")
                    .append(' ')
                    .append(random.nextLong())
                    .append('\n');
        }
        connection.output().write(drawn.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** The same with the cure: new seeds after the fork. */
    public static final class Reseeding extends OwnRandomHandler implements ForkHook {
        @Override
        public void afterFork() {
            for (Random random : OWN) {
                if (random instanceof SecureRandom secure) {
                    secure.setSeed(new SecureRandom().generateSeed(32));
                } else {
                    random.setSeed(new SecureRandom().nextLong());
                }
            }
        }
    }

    /** Makes a provider with a generator of its own the JVM's default. */
    public static final class ProviderInFront extends OwnRandomHandler {
        @Override
        public void warmUp() {
            Security.insertProviderAt(new Own(), 1);
        }
    }

    private static final class Own extends Provider {
        private static final long serialVersionUID = 1L;

        private Own() {
            super("Own", "1", "for a test");
            put("SecureRandom.Mine", Mine.class.getName());
        }
    }

    /** Counts. */
    public static final class Mine extends SecureRandomSpi {
        private static final long serialVersionUID = 1L;
        private byte next;

        @Override
        protected void engineSetSeed(byte[] seed) {
            next = seed[0];
        }

        @Override
        protected void engineNextBytes(byte[] bytes) {
            Arrays.fill(bytes, next++);
        }

        @Override
        protected byte[] engineGenerateSeed(int count) {
            return new byte[count];
        }
    }
}
