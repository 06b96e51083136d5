package dev.switchboard.node.simulator;

import akka.util.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Encodes text, putting ordered megabytes and broken bytes where {@link Answers} left their marks. */
final class BodyBytes {
    private static final int BLOCK = 64 * 1024;
    private static final ByteString FILLER = Steps.ascii("x".repeat(BLOCK));
    private static final ByteString NOT_UTF8 = ByteString.fromArrayUnsafe(new byte[] {(byte) 0xC3, 0x28, (byte) 0xFF});

    private BodyBytes() {}

    static List<Step> steps(String text, Fault fault) {
        List<Step> steps = new ArrayList<>();
        StringBuilder run = new StringBuilder();
        for (int at = 0; at < text.length(); at++) {
            char next = text.charAt(at);
            if (next == Answers.GIANT_MARK && fault.has(FaultWord.GIANT)) {
                flush(run, steps);
                int blocks = fault.number(FaultWord.GIANT, 1) * (1024 * 1024 / BLOCK);
                steps.add(new Step.Repeat(FILLER, blocks));
            } else if (next == Answers.BROKEN_MARK && fault.has(FaultWord.INVALID_UTF8)) {
                flush(run, steps);
                steps.add(new Step.Emit(NOT_UTF8));
            } else {
                run.append(next);
            }
        }
        flush(run, steps);
        return steps;
    }

    static ByteString of(String text) {
        return ByteString.fromArrayUnsafe(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void flush(StringBuilder run, List<Step> steps) {
        if (run.length() > 0) {
            steps.add(new Step.Emit(of(run.toString())));
            run.setLength(0);
        }
    }
}
