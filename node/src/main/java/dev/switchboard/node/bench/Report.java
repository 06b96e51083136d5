package dev.switchboard.node.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The figures of a run, as a table for people and as JSON. */
final class Report {
    private final List<Row> rows = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final PrintStream out;

    Report(PrintStream out) {
        this.out = out;
    }

    /**
     * One figure; null where it was not measured.
     *
     * @param target what the figure is held against, empty where it stands for itself
     * @param met whether it is, null where it cannot be said
     */
    record Row(
            String scenario,
            String figure,
            String unit,
            @Nullable Double direct,
            @Nullable Double nginx,
            @Nullable Double gateway,
            String target,
            @Nullable Boolean met) {
        /** A figure of the gateway alone. */
        static Row own(
                String scenario, String figure, String unit, double value, String target, @Nullable Boolean met) {
            return new Row(scenario, figure, unit, null, null, value, target, met);
        }
    }

    void add(Row row) {
        rows.add(row);
        if (rows.size() == 1) {
            out.printf(
                    "%-11s %-46s %10s %10s %10s  %-8s %s%n",
                    "scenario", "figure", "direct", "nginx", "gateway", "unit", "target");
        }
        out.printf(
                "%-11s %-46s %10s %10s %10s  %-8s %s%n",
                row.scenario(),
                row.figure(),
                text(row.direct()),
                text(row.nginx()),
                text(row.gateway()),
                row.unit(),
                row.target() + (row.met() == null ? "" : row.met() ? "  met" : "  MISSED"));
        out.flush();
    }

    /** Something the reader has to know, what was not measured above all. */
    void note(String note) {
        notes.add(note);
        out.println("note: " + note);
    }

    private static String text(@Nullable Double value) {
        if (value == null) {
            return "–";
        }
        double size = Math.abs(value);
        return String.format(Locale.ROOT, size >= 1000 ? "%,.0f" : size >= 10 ? "%.1f" : "%.3f", value);
    }

    /** The whole report as JSON. */
    void write(Path file, ObjectNode about) throws IOException {
        ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
        ArrayNode figures = about.putArray("figures");
        for (Row row : rows) {
            ObjectNode node = figures.addObject();
            node.put("scenario", row.scenario()).put("figure", row.figure()).put("unit", row.unit());
            node.put("direct", row.direct()).put("nginx", row.nginx()).put("gateway", row.gateway());
            node.put("target", row.target()).put("met", row.met());
            ratio(node, "ratioToDirect", row.gateway(), row.direct());
            ratio(node, "ratioToNginx", row.gateway(), row.nginx());
        }
        ArrayNode said = about.putArray("notes");
        notes.forEach(said::add);
        mapper.writeValue(file.toFile(), about);
    }

    private static void ratio(ObjectNode node, String name, @Nullable Double value, @Nullable Double base) {
        if (value != null && base != null && base != 0) {
            node.put(name, value / base);
        }
    }
}
