package dev.switchboard.node.sharding;

import dev.switchboard.protocol.domain.FailureKind;
import dev.switchboard.protocol.domain.KeyId;
import dev.switchboard.protocol.domain.LeaseId;
import dev.switchboard.protocol.domain.Mode;
import dev.switchboard.protocol.domain.ModelRef;
import dev.switchboard.protocol.domain.PlatformId;
import dev.switchboard.protocol.domain.SessionKey;
import dev.switchboard.protocol.domain.Usage;
import dev.switchboard.protocol.provider.GrantNumber;
import dev.switchboard.protocol.provider.LeaseReply;
import dev.switchboard.protocol.provider.LeaseResult;
import dev.switchboard.protocol.provider.ProviderCommand;
import dev.switchboard.protocol.session.Ban;
import dev.switchboard.protocol.session.Pin;
import dev.switchboard.protocol.session.SessionCommand;
import dev.switchboard.protocol.session.SessionView;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The messages of every request as bytes, field by field; all others are rare enough to be mapped by reflection. A change of
 * the form needs another {@link Courier#KEY}.
 */
final class RequestMessages {
    /** The tag of what is none of these. */
    static final int OTHER = 0;

    private static final int OPEN = 1;
    private static final int VIEW = 2;
    private static final int ACQUIRE = 3;
    private static final int GRANTED = 4;
    private static final int DENIED = 5;
    private static final int COMPLETED = 6;
    private static final int SUCCEEDED = 7;

    private final Letters letters;
    private final DecisionBytes decisions = new DecisionBytes();

    RequestMessages(Letters letters) {
        this.letters = letters;
    }

    /** Tag and fields; false, and nothing is written, for a message that is none of these. */
    boolean write(DataOutputStream out, Object message) throws IOException {
        if (message instanceof SessionCommand.Open open) {
            out.writeByte(OPEN);
            out.writeUTF(open.mode().name());
            letters.writeRef(out, open.replyTo());
        } else if (message instanceof SessionView view) {
            out.writeByte(VIEW);
            write(out, view);
        } else if (message instanceof ProviderCommand.Acquire acquire) {
            out.writeByte(ACQUIRE);
            write(out, acquire);
        } else if (message instanceof LeaseReply.Granted granted) {
            out.writeByte(GRANTED);
            out.writeUTF(granted.lease().value());
            out.writeUTF(granted.key().value());
            out.writeBoolean(granted.probe());
            writeGrant(out, granted.grant());
        } else if (message instanceof LeaseReply.Denied denied) {
            out.writeByte(DENIED);
            out.writeUTF(denied.lease().value());
            out.writeUTF(denied.reason().name());
            writeInstant(out, denied.retryAt());
        } else if (message instanceof ProviderCommand.Settle settle
                && settle.result() instanceof LeaseResult.Completed completed) {
            out.writeByte(COMPLETED);
            out.writeUTF(settle.lease().value());
            write(out, completed.usage());
        } else if (message instanceof SessionCommand.TurnSucceeded turn) {
            out.writeByte(SUCCEEDED);
            writeModel(out, turn.model());
            out.writeUTF(turn.key().value());
            out.writeBoolean(turn.pin());
            decisions.write(out, turn.decision());
        } else {
            return false;
        }
        return true;
    }

    /** The message of a tag; throws {@link IOException} for one that is none of these. */
    Object read(DataInputStream in, int tag) throws IOException {
        return switch (tag) {
            case OPEN ->
                new SessionCommand.Open(
                        Mode.valueOf(in.readUTF()), letters.readRef(in).narrow());
            case VIEW -> view(in);
            case ACQUIRE -> acquire(in);
            case GRANTED ->
                new LeaseReply.Granted(
                        new LeaseId(in.readUTF()), new KeyId(in.readUTF()), in.readBoolean(), readGrant(in));
            case DENIED ->
                new LeaseReply.Denied(
                        new LeaseId(in.readUTF()), LeaseReply.Reason.valueOf(in.readUTF()), readInstant(in));
            case COMPLETED ->
                new ProviderCommand.Settle(new LeaseId(in.readUTF()), new LeaseResult.Completed(usage(in)));
            case SUCCEEDED ->
                new SessionCommand.TurnSucceeded(
                        readModel(in), new KeyId(in.readUTF()), in.readBoolean(), decisions.read(in));
            default -> throw new IOException("no kind of message: " + tag);
        };
    }

    private static void write(DataOutputStream out, SessionView view) throws IOException {
        Pin pin = view.pin();
        out.writeBoolean(pin != null);
        if (pin != null) {
            writeModel(out, pin.model());
            writeKey(out, pin.key());
        }
        out.writeInt(view.bans().size());
        for (Ban ban : view.bans()) {
            out.writeUTF(ban.platform().value());
            writeInstant(out, ban.until());
            out.writeUTF(ban.reason().name());
        }
        out.writeLong(view.turns());
    }

    private static SessionView view(DataInputStream in) throws IOException {
        Pin pin = in.readBoolean() ? new Pin(readModel(in), readKey(in)) : null;
        int count = in.readInt();
        List<Ban> bans = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            PlatformId platform = new PlatformId(in.readUTF());
            Instant until = readInstant(in);
            bans.add(new Ban(platform, until == null ? Instant.EPOCH : until, FailureKind.valueOf(in.readUTF())));
        }
        return new SessionView(pin, List.copyOf(bans), in.readLong());
    }

    private void write(DataOutputStream out, ProviderCommand.Acquire acquire) throws IOException {
        out.writeUTF(acquire.lease().value());
        writeModel(out, acquire.model());
        out.writeUTF(acquire.session().value());
        writeKey(out, acquire.preferred());
        out.writeInt(acquire.exclude().size());
        for (KeyId key : acquire.exclude()) {
            out.writeUTF(key.value());
        }
        out.writeLong(acquire.estimatedTokens());
        out.writeBoolean(acquire.exclusive());
        out.writeUTF(acquire.requestId());
        letters.writeRef(out, acquire.owner());
        boolean same = acquire.owner().path().equals(acquire.replyTo().path());
        out.writeBoolean(same);
        if (!same) {
            letters.writeRef(out, acquire.replyTo());
        }
    }

    private ProviderCommand.Acquire acquire(DataInputStream in) throws IOException {
        LeaseId lease = new LeaseId(in.readUTF());
        ModelRef model = readModel(in);
        SessionKey session = new SessionKey(in.readUTF());
        KeyId preferred = readKey(in);
        int count = in.readInt();
        Set<KeyId> exclude = new LinkedHashSet<>();
        for (int i = 0; i < count; i++) {
            exclude.add(new KeyId(in.readUTF()));
        }
        long tokens = in.readLong();
        boolean exclusive = in.readBoolean();
        String requestId = in.readUTF();
        var owner = letters.readRef(in);
        var replyTo = in.readBoolean() ? owner : letters.readRef(in);
        return new ProviderCommand.Acquire(
                lease,
                model,
                session,
                preferred,
                exclude,
                tokens,
                exclusive,
                requestId,
                owner.narrow(),
                replyTo.narrow());
    }

    private static void write(DataOutputStream out, Usage usage) throws IOException {
        out.writeLong(usage.inputTokens());
        out.writeLong(usage.outputTokens());
        out.writeBoolean(usage.estimated());
    }

    private static Usage usage(DataInputStream in) throws IOException {
        return new Usage(in.readLong(), in.readLong(), in.readBoolean());
    }

    static void writeBytes(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    static byte[] readBytes(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new EOFException("of " + length + " bytes there are " + in.available());
        }
        return in.readNBytes(length);
    }

    static void writeModel(DataOutputStream out, ModelRef model) throws IOException {
        out.writeUTF(model.platform().value());
        out.writeUTF(model.id());
    }

    static ModelRef readModel(DataInputStream in) throws IOException {
        return ModelRef.of(in.readUTF(), in.readUTF());
    }

    private static void writeKey(DataOutputStream out, @Nullable KeyId key) throws IOException {
        out.writeBoolean(key != null);
        if (key != null) {
            out.writeUTF(key.value());
        }
    }

    private static @Nullable KeyId readKey(DataInputStream in) throws IOException {
        return in.readBoolean() ? new KeyId(in.readUTF()) : null;
    }

    private static void writeGrant(DataOutputStream out, @Nullable GrantNumber grant) throws IOException {
        out.writeBoolean(grant != null);
        if (grant != null) {
            out.writeLong(grant.since());
            out.writeLong(grant.number());
        }
    }

    private static @Nullable GrantNumber readGrant(DataInputStream in) throws IOException {
        return in.readBoolean() ? new GrantNumber(in.readLong(), in.readLong()) : null;
    }

    static void writeInstant(DataOutputStream out, @Nullable Instant time) throws IOException {
        out.writeBoolean(time != null);
        if (time != null) {
            out.writeLong(time.getEpochSecond());
            out.writeInt(time.getNano());
        }
    }

    static @Nullable Instant readInstant(DataInputStream in) throws IOException {
        return in.readBoolean() ? Instant.ofEpochSecond(in.readLong(), in.readInt()) : null;
    }
}
