package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A key of the test's own and its certificate, which nobody else has signed. */
final class MadeCertificate {
    private static final char[] PASSWORD = "changeit".toCharArray();
    private static final Base64.Encoder BASE64 = Base64.getMimeEncoder(64, new byte[] {'\n'});

    private final KeyStore keys;
    private final Path pem;

    /** Makes it with the JDK's keytool. */
    MadeCertificate(Path folder, String commonName) throws Exception {
        Path store = folder.resolve(commonName + ".p12");
        Commands.Result made = Commands.run(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keystore",
                store.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                new String(PASSWORD),
                "-alias",
                commonName,
                "-dname",
                "CN=" + commonName,
                "-keyalg",
                "RSA",
                "-keysize",
                "2048",
                "-sigalg",
                "SHA256withRSA");
        assertEquals(0, made.exit(), made.output());
        keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        pem = Files.writeString(
                folder.resolve(commonName + ".pem"),
                block("CERTIFICATE", keys.getCertificate(commonName).getEncoded())
                        + block("PRIVATE KEY", keys.getKey(commonName, PASSWORD).getEncoded()));
    }

    private static String block(String kind, byte[] content) {
        return "-----BEGIN " + kind + "-----\n" + new String(BASE64.encode(content), StandardCharsets.US_ASCII)
                + "\n-----END " + kind + "-----\n";
    }

    /** The certificate and its key. */
    Path pem() {
        return pem;
    }

    /** Shows this certificate, and trusts the other one only. */
    SSLContext towards(MadeCertificate other) throws Exception {
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, PASSWORD);
        TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        KeyStore known = KeyStore.getInstance("PKCS12");
        known.load(null, null);
        String alias = other.keys.aliases().nextElement();
        known.setCertificateEntry(alias, other.keys.getCertificate(alias));
        trusted.init(known);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
        return context;
    }
}
