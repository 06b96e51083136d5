package dev.switchboard.node;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.concurrent.TimeUnit;

/** A certificate that vouches for itself and its private key, as PEM files in a folder. */
public record PemFiles(Path certificate, Path key, KeyStore store) {
    /** Of the store and of its key. */
    public static final char[] PASSWORD = "changeit".toCharArray();

    /**
     * Makes both.
     *
     * @param algorithm {@code RSA} or {@code EC}
     * @param name of the host that it is for; it is for 127.0.0.1 as well
     */
    public static PemFiles make(Path folder, String algorithm, String name) throws Exception {
        KeyStore store = keyStore(folder, algorithm, name, "dns:" + name + ",ip:127.0.0.1");
        Path certificate = Files.createTempFile(folder, "certificate", ".pem");
        Path key = Files.createTempFile(folder, "key", ".pem");
        Files.writeString(
                certificate, pem("CERTIFICATE", store.getCertificate("server").getEncoded()));
        Files.writeString(
                key, pem("PRIVATE KEY", store.getKey("server", PASSWORD).getEncoded()));
        return new PemFiles(certificate, key, store);
    }

    /** The pair alone, by the alias {@code server}; {@code names} as keytool writes subject alternative names. */
    public static KeyStore keyStore(Path folder, String algorithm, String name, String names) throws Exception {
        Path file = Files.createTempFile(folder, "keys", ".p12");
        Files.delete(file);
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        algorithm,
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "SAN=" + names,
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        new String(PASSWORD))
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!keytool.waitFor(30, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
            throw new IllegalStateException(said);
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        Files.delete(file);
        return store;
    }

    private static String pem(String label, byte[] bytes) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes) + "\n-----END " + label
                + "-----\n";
    }
}
