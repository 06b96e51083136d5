package dev.switchboard.node.simulator;

import akka.util.ByteString;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Writes the frames of a stream as server-sent events, with what a fault changes about them. */
final class SseScript {
    private static final Duration NOISE = Duration.ofMillis(100);

    private final Fault fault;
    private final String lineEnd;
    private final String errorData;
    private final Duration pace;
    private final List<Step> steps = new ArrayList<>();
    private final int wrapAt;
    private final int cutAt;
    private final int stallAt;
    private final int badAt;
    private boolean doneKnown;
    private int contents;
    private boolean badSent;

    private SseScript(Fault fault, String lineEnd, String errorData, Duration pace) {
        this.fault = fault;
        this.lineEnd = fault.text(FaultWord.LINE_END)
                .map(name -> name.equals("cr") ? "\r" : name.equals("lf") ? "\n" : "\r\n")
                .orElse(lineEnd);
        this.errorData = errorData;
        this.pace = fault.duration(FaultWord.PACE).orElse(pace);
        this.wrapAt = fault.number(FaultWord.WRAPPED, -1);
        this.cutAt = fault.number(FaultWord.CUT, -1);
        this.stallAt = fault.number(FaultWord.STALL, -1);
        this.badAt = fault.number(FaultWord.BAD_EVENT, -1);
    }

    /** The frames as they are. */
    static List<Step> plain(List<Frame> frames, String lineEnd) {
        List<Step> steps = new ArrayList<>(frames.size());
        for (Frame frame : frames) {
            steps.add(new Step.Emit(BodyBytes.of("data: " + frame.data() + lineEnd + lineEnd)));
        }
        return steps;
    }

    /**
     * The frames with a fault and a pace.
     *
     * @param errorData the error to send where one is ordered inside the stream
     */
    static List<Step> of(List<Frame> frames, Fault fault, String lineEnd, String errorData, Duration pace) {
        return new SseScript(fault, lineEnd, errorData, pace).write(frames);
    }

    private List<Step> write(List<Frame> frames) {
        fault.duration(FaultWord.SLOW_EVENT).ifPresent(wait -> steps.add(new Step.Pause(wait)));
        doneKnown = frames.stream().anyMatch(frame -> frame.kind() == Frame.Kind.DONE);
        boolean first = true;
        for (Frame frame : frames) {
            boolean last = frame.kind() != Frame.Kind.ROLE && frame.kind() != Frame.Kind.CONTENT;
            if ((first || contents > 0 || last) && interrupted(last, frame)) {
                return ended();
            }
            first = false;
            send(frame);
            if (frame.kind() == Frame.Kind.ROLE && fault.is(FaultWord.ANSWER, "role")) {
                hold(frame);
                return ended();
            }
        }
        return ended();
    }

    private boolean interrupted(boolean last, Frame frame) {
        if (badAt >= 0 && !badSent && due(badAt, last)) {
            badSent = true;
            event("{\"id\":\"broken\",\"choices\":[{\"delta\":{\"conte");
        }
        if (wrapAt >= 0 && due(wrapAt, last)) {
            event(errorData);
            if (doneKnown && !fault.has(FaultWord.NO_DONE)) {
                event("[DONE]");
            }
            return true;
        }
        if (cutAt >= 0 && due(cutAt, last)) {
            Steps.broken(steps, !fault.is(FaultWord.CUT_BY, "close"));
            return true;
        }
        if (stallAt >= 0 && due(stallAt, last)) {
            hold(frame);
            return true;
        }
        return false;
    }

    private boolean due(int after, boolean last) {
        return contents == after || (last && after > contents);
    }

    private void send(Frame frame) {
        switch (frame.kind()) {
            case CONTENT -> {
                if (contents > 0 && !pace.isZero()) {
                    steps.add(new Step.Pause(pace));
                }
                event(frame.data());
                contents++;
            }
            case FINISH -> {
                if (!fault.has(FaultWord.NO_FINISH)) {
                    event(frame.data());
                }
            }
            case USAGE -> {
                if (!fault.has(FaultWord.NO_USAGE)) {
                    event(frame.data());
                }
            }
            case DONE -> {
                if (!fault.has(FaultWord.NO_DONE)) {
                    event(frame.data());
                }
                if (fault.has(FaultWord.DONE_TWICE)) {
                    event(frame.data());
                }
            }
            default -> event(frame.data());
        }
    }

    private void event(String data) {
        StringBuilder event = new StringBuilder(data.length() + 32);
        if (fault.has(FaultWord.COMMENTS)) {
            event.append(": processing").append(lineEnd).append(lineEnd);
        }
        line(event, data);
        steps.addAll(BodyBytes.steps(event.append(lineEnd).toString(), fault));
    }

    private void line(StringBuilder event, String data) {
        String prefix = fault.has(FaultWord.NO_SPACE) ? "data:" : "data: ";
        int comma = data.indexOf(',');
        if (fault.has(FaultWord.MULTI_LINE) && comma > 0) {
            event.append(prefix).append(data, 0, comma + 1).append(lineEnd);
            event.append(prefix).append(data, comma + 1, data.length()).append(lineEnd);
        } else {
            event.append(prefix).append(data).append(lineEnd);
        }
    }

    private void hold(Frame frame) {
        String noise = fault.text(FaultWord.STALL_NOISE).orElse("");
        StringBuilder bytes = new StringBuilder();
        switch (noise) {
            case "comments" -> bytes.append(": still here").append(lineEnd).append(lineEnd);
            case "empty" -> bytes.append("data:").append(lineEnd).append(lineEnd);
            case "role" -> {
                line(bytes, roleOnly(frame));
                bytes.append(lineEnd);
            }
            default -> bytes.setLength(0);
        }
        ByteString sent = bytes.length() == 0 ? ByteString.emptyByteString() : BodyBytes.of(bytes.toString());
        steps.add(new Step.Hold(sent, fault.duration(FaultWord.STALL_EVERY).orElse(NOISE)));
    }

    private static String roleOnly(Frame frame) {
        return frame.data().startsWith("{\"candidates\"")
                ? "{\"candidates\":[{\"content\":{\"role\":\"model\"},\"index\":0}]}"
                : "{\"id\":\"chatcmpl-sim\",\"object\":\"chat.completion.chunk\",\"created\":0,\"model\":\"sim\","
                        + "\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},"
                        + "\"finish_reason\":null}]}";
    }

    private List<Step> ended() {
        int end = steps.size() - 1;
        if (fault.has(FaultWord.NO_LAST_NEWLINE) && end >= 0 && steps.get(end) instanceof Step.Emit emit) {
            String text = emit.bytes().utf8String();
            int length = text.length();
            while (length > 0 && (text.charAt(length - 1) == '\n' || text.charAt(length - 1) == '\r')) {
                length--;
            }
            steps.set(end, new Step.Emit(emit.bytes().dropRight(text.length() - length)));
        }
        return steps;
    }
}
