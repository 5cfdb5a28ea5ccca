package forkd.zygote;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.security.SecureRandom;
import java.security.Security;
import java.util.Optional;
import java.util.Set;

/**
 * The generator behind {@code new SecureRandom()}: the JDK keeps objects of it, for UUIDs, names of temporary files and TLS, and so
 * do libraries. Nobody can find them all, so it has to be one whose state {@link Randomness} renews for all objects at once:
 * NativePRNG.
 *
 * <p>The JDK takes that one only where the source of seeds has exactly one of two names. Under any other name of the same
 * device, such as the usual {@code -Djava.security.egd=file:/dev/./urandom}, it takes DRBG, of which each object has its own state.
 */
final class DefaultGenerator {
    private static final String SOURCE = "java.security.egd";
    private static final Set<String> DEVICES = Set.of("/dev/random", "/dev/urandom");

    private DefaultGenerator() {}

    /** Gives the source its plain name, before the JDK reads it: the first thing that a zygote does. */
    static void nameSourcePlainly() {
        String source = System.getProperty(SOURCE, "");
        plain(source.isEmpty() ? String.valueOf(Security.getProperty("securerandom.source")) : source)
                .ifPresent(name -> System.setProperty(SOURCE, name));
    }

    /** The name by which the JDK knows a device of the kernel's; empty for anything else. */
    static Optional<String> plain(String source) {
        try {
            URI uri = new URI(source);
            if (!"file".equals(uri.getScheme()) || uri.getPath() == null) {
                return Optional.empty();
            }
            String path = new File(uri.getPath()).getCanonicalPath();
            return DEVICES.contains(path) ? Optional.of("file:" + path) : Optional.empty();
        } catch (URISyntaxException | IOException e) {
            return Optional.empty(); // whatever it is, it is no device
        }
    }

    /** @throws UnforkableException where the default is another one: all copies would draw the same numbers */
    static void check() throws UnforkableException {
        SecureRandom generator = new SecureRandom();
        String provider = generator.getProvider().getName();
        if (!provider.equals("SUN") || !generator.getAlgorithm().startsWith("NativePRNG")) {
            throw new UnforkableException(
                    "the JVM's default SecureRandom is " + generator.getAlgorithm() + " of " + provider
                            + ", of which all workers would have the same state; it has to be NativePRNG of SUN"
                            + " (" + SOURCE + ", the order of the security providers)");
        }
    }
}
