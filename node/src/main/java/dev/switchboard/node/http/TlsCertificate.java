package dev.switchboard.node.http;

import akka.pki.pem.DERPrivateKeyLoader;
import akka.pki.pem.PEMDecoder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The server's certificate and private key from PEM files, which may be replaced while the server runs. Thread-safe. */
public final class TlsCertificate {
    private static final Logger LOG = LoggerFactory.getLogger(TlsCertificate.class);
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};
    private static final Map<String, String> SIGNATURES = Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA");

    private final Path certificateFile;
    private final Path keyFile;
    private volatile Loaded loaded;

    private record Loaded(byte[] certificatePem, byte[] keyPem, SSLContext context, List<X509Certificate> chain) {}

    /** A file cannot be used; the message names it and holds nothing of its content. */
    public static final class UnusableException extends Exception {
        private static final long serialVersionUID = 1L;

        private UnusableException(Path file, String problem) {
            super(file + ": " + problem);
        }
    }

    private TlsCertificate(Path certificateFile, Path keyFile, Loaded loaded) {
        this.certificateFile = certificateFile;
        this.keyFile = keyFile;
        this.loaded = loaded;
    }

    /**
     * Reads the files; blocks.
     *
     * @param certificate PEM with the server's certificate first, then those that vouch for it
     * @param key PEM with an RSA or EC key in PKCS#8, or an RSA key in PKCS#1, without a passphrase
     */
    public static TlsCertificate load(Path certificate, Path key) throws UnusableException {
        return new TlsCertificate(certificate, key, open(certificate, read(certificate), key, read(key)));
    }

    /** As {@link #load}, for a reader that takes RSA keys alone: the remoting of Akka. */
    public static TlsCertificate loadRsa(Path certificate, Path key) throws UnusableException {
        TlsCertificate read = load(certificate, key);
        String algorithm = read.chain().get(0).getPublicKey().getAlgorithm();
        if (!algorithm.equals("RSA")) {
            throw new UnusableException(
                    key, "is a key of type " + algorithm + ", remoting takes RSA (PKCS#8 or PKCS#1)");
        }
        return read;
    }

    /** Takes replaced files for connections from now on; keeps what it has where they cannot be used. Blocks. */
    public void refresh() {
        try {
            byte[] certificate = read(certificateFile);
            byte[] key = read(keyFile);
            Loaded known = loaded;
            if (!Arrays.equals(certificate, known.certificatePem()) || !Arrays.equals(key, known.keyPem())) {
                loaded = open(certificateFile, certificate, keyFile, key);
                LOG.info(
                        "TLS takes the certificate that is valid until {}",
                        loaded.chain().get(0).getNotAfter());
            }
        } catch (UnusableException e) {
            LOG.warn("The TLS files cannot be used, the certificate from before stays: {}", e.getMessage());
        }
    }

    /** A server's side of a new connection. */
    SSLEngine engine() {
        SSLEngine engine = loaded.context().createSSLEngine();
        engine.setUseClientMode(false);
        engine.setEnabledProtocols(PROTOCOLS);
        return engine;
    }

    /** The certificate, then those that vouch for it. */
    public List<X509Certificate> chain() {
        return loaded.chain();
    }

    private static byte[] read(Path file) throws UnusableException {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UnusableException(file, "cannot be read");
        }
    }

    private static Loaded open(Path certificateFile, byte[] certificatePem, Path keyFile, byte[] keyPem)
            throws UnusableException {
        List<X509Certificate> chain = chain(certificateFile, certificatePem);
        PrivateKey key = key(keyFile, keyPem);
        try {
            if (!belongTogether(chain.get(0), key)) {
                throw new UnusableException(keyFile, "is not the key of the certificate in " + certificateFile);
            }
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("server", key, new char[0], chain.toArray(Certificate[]::new));
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, new char[0]);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return new Loaded(certificatePem, keyPem, context, chain);
        } catch (GeneralSecurityException | IOException e) {
            throw new UnusableException(certificateFile, "cannot be used: " + e.getMessage());
        }
    }

    private static List<X509Certificate> chain(Path file, byte[] pem) throws UnusableException {
        try {
            Collection<? extends Certificate> read =
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem));
            List<X509Certificate> chain =
                    read.stream().map(X509Certificate.class::cast).toList();
            if (!chain.isEmpty()) {
                return chain;
            }
        } catch (GeneralSecurityException e) {
            throw new UnusableException(file, "holds no certificate in PEM");
        }
        throw new UnusableException(file, "holds no certificate in PEM");
    }

    private static PrivateKey key(Path file, byte[] pem) throws UnusableException {
        try {
            PEMDecoder.DERData der = PEMDecoder.decode(new String(pem, StandardCharsets.US_ASCII));
            if (!der.label().equals("PRIVATE KEY")) {
                return DERPrivateKeyLoader.load(der);
            }
            for (String algorithm : SIGNATURES.keySet()) {
                PrivateKey key = pkcs8(algorithm, der.bytes());
                if (key != null) {
                    return key;
                }
            }
        } catch (RuntimeException e) {
            LOG.debug("The private key cannot be read: {}", e.getClass().getSimpleName());
        }
        throw new UnusableException(
                file, "holds no private key in PEM (RSA or EC in PKCS#8, or RSA in PKCS#1, without a passphrase)");
    }

    private static @Nullable PrivateKey pkcs8(String algorithm, byte[] der) {
        try {
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
        } catch (GeneralSecurityException e) {
            return null;
        }
    }

    private static boolean belongTogether(X509Certificate certificate, PrivateKey key) throws GeneralSecurityException {
        String algorithm = SIGNATURES.get(key.getAlgorithm());
        if (algorithm == null
                || !key.getAlgorithm().equals(certificate.getPublicKey().getAlgorithm())) {
            return false;
        }
        byte[] sample = {1, 2, 3};
        Signature signing = Signature.getInstance(algorithm);
        signing.initSign(key);
        signing.update(sample);
        byte[] signed = signing.sign();
        Signature checking = Signature.getInstance(algorithm);
        checking.initVerify(certificate.getPublicKey());
        checking.update(sample);
        return checking.verify(signed);
    }
}
