package dev.switchboard.node.backup;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;

/** Reads what {@link SealedOutput} wrote; fails on the first byte that was changed, and where the end is missing. */
final class SealedInput extends InputStream {
    private final PushbackInputStream ahead;
    private final DataInputStream in;
    private final SecretKey key;
    private final byte[] header;
    private byte[] chunk = new byte[0];
    private int position;
    private long number;
    private boolean last;

    SealedInput(InputStream in, SecretKey key, byte[] header) {
        this.ahead = new PushbackInputStream(in, 1);
        this.in = new DataInputStream(ahead);
        this.key = key;
        this.header = header.clone();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        while (position == chunk.length) {
            if (last) {
                return -1;
            }
            open();
        }
        int taken = Math.min(length, chunk.length - position);
        System.arraycopy(chunk, position, bytes, offset, taken);
        position += taken;
        return taken;
    }

    private void open() throws IOException {
        byte[] sealed;
        try {
            int length = in.readInt();
            if (length < SealedOutput.TAG_BITS / 8 || length > SealedOutput.CHUNK + SealedOutput.TAG_BITS / 8) {
                throw new Damaged();
            }
            sealed = in.readNBytes(length);
            if (sealed.length < length) {
                throw new Damaged();
            }
        } catch (EOFException e) {
            throw new Damaged();
        }
        int next = ahead.read();
        if (next >= 0) {
            ahead.unread(next);
        }
        last = next < 0;
        try {
            chunk = SealedOutput.cipher(Cipher.DECRYPT_MODE, key, header, number, last)
                    .doFinal(sealed);
        } catch (GeneralSecurityException e) {
            throw new Damaged();
        }
        position = 0;
        number++;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    /** The file was changed or cut off, or the key is another. */
    static final class Damaged extends IOException {
        private static final long serialVersionUID = 1L;

        Damaged() {
            super("it is damaged or incomplete");
        }
    }
}
