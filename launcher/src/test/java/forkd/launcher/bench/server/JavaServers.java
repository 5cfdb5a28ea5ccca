package forkd.launcher.bench.server;

import forkd.launcher.bench.handler.InetdEcho;
import forkd.launcher.bench.handler.ThreadEcho;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a Java programmer has without forkd. */
public final class JavaServers {
    /** A fresh JVM for each connection. */
    public static final String JVM_EACH = "tcpserver-java";

    /** A thread for each connection, all in one process. */
    public static final String THREADS = "java-threads";

    private JavaServers() {}

    /** The quickest way to start a JVM for each connection: the CDS archive of the JDK, one compiler, the small collector. */
    public static ServerKind jvmEach() {
        List<String> java = new ArrayList<>(List.of(java()));
        java.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData", "-Xshare:auto"));
        java.addAll(List.of("-cp", classes(), InetdEcho.class.getName()));
        return new ServerKind(
                JVM_EACH,
                "a JVM for each connection, by tcpserver",
                "tcpserver",
                true,
                port -> Peers.tcpserver(port, java));
    }

    /** No isolation at all: for comparison. */
    public static ServerKind threads() {
        return new ServerKind(
                THREADS,
                "Java, a thread for each connection (no process of its own)",
                java(),
                false,
                port -> List.of(java(), "-cp", classes(), ThreadEcho.class.getName(), Integer.toString(port)));
    }

    /** The java of the JDK that runs this. */
    public static String java() {
        return jdk("java");
    }

    /** A tool of the JDK that runs this. */
    public static String jdk(String tool) {
        return Path.of(System.getProperty("java.home"), "bin", tool).toString();
    }

    /** The folder of the tests' classes: no jar carries them. */
    public static String classes() {
        try {
            return Path.of(JavaServers.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("a class folder has an address", e);
        }
    }
}
