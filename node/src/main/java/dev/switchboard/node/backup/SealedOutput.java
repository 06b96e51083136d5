package dev.switchboard.node.backup;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * Encrypts a stream in chunks with AES-256-GCM. Each chunk is {@code length, cipher text and tag}; its nonce holds its number and
 * whether it is the last, so that chunks can be neither changed, moved, dropped nor cut off.
 */
final class SealedOutput extends FilterOutputStream {
    static final int CHUNK = 64 * 1024;
    static final int TAG_BITS = 128;

    private final SecretKey key;
    private final byte[] header;
    private final byte[] buffer = new byte[CHUNK];
    private int filled;
    private long number;
    private boolean closed;

    /** {@code header} is bound into every chunk; it is the caller's to write. */
    SealedOutput(OutputStream out, SecretKey key, byte[] header) {
        super(out);
        this.key = key;
        this.header = header.clone();
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int from = offset;
        int left = length;
        while (left > 0) {
            if (filled == CHUNK) {
                seal(false);
            }
            int taken = Math.min(left, CHUNK - filled);
            System.arraycopy(bytes, from, buffer, filled, taken);
            filled += taken;
            from += taken;
            left -= taken;
        }
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            seal(true);
            out.close();
        }
    }

    private void seal(boolean last) throws IOException {
        try {
            byte[] sealed =
                    cipher(Cipher.ENCRYPT_MODE, key, header, number, last).doFinal(buffer, 0, filled);
            out.write(ByteBuffer.allocate(4).putInt(sealed.length).array());
            out.write(sealed);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM is part of every Java platform", e);
        }
        filled = 0;
        number++;
    }

    static Cipher cipher(int mode, SecretKey key, byte[] header, long number, boolean last)
            throws GeneralSecurityException {
        byte[] nonce =
                ByteBuffer.allocate(12).putInt(last ? 1 : 0).putLong(number).array();
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(header);
        return cipher;
    }
}
