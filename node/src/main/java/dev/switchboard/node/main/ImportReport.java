package dev.switchboard.node.main;

import com.fasterxml.jackson.databind.JsonNode;
import dev.switchboard.node.migration.Migration;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What an import tells: what comes along, what has no counterpart, what became of it. Keys are named, never shown. */
final class ImportReport {
    private ImportReport() {}

    static void preview(Migration migration, PrintWriter out) {
        out.println("To import: " + counted(migration.platforms().size(), "platform") + ", "
                + counted(migration.models().size(), "model") + ", "
                + counted(migration.keys().size(), "key"));
        migration.platforms().forEach(row -> out.println("  platform " + row.id() + "  " + row.baseUrl()));
        Map<String, List<String>> models = new TreeMap<>();
        migration.models().forEach(row -> models.computeIfAbsent(row.platform(), first -> new ArrayList<>())
                .add(row.id() + (row.enabled() ? "" : " (off)")));
        models.forEach((platform, ids) -> out.println("  models of " + platform + "  " + String.join(", ", ids)));
        migration
                .keys()
                .forEach(row -> out.println(
                        "  key of " + row.platform() + "  " + row.label() + (row.enabled() ? "" : " (off)")));
        if (!migration.chain().isEmpty()) {
            out.println("  chain  "
                    + String.join(
                            " > ",
                            migration.chain().stream()
                                    .filter(Migration.Place::enabled)
                                    .map(place -> place.platform() + "/" + place.model())
                                    .toList()));
        }
        if (!migration.notes().isEmpty()) {
            out.println("Without a counterpart:");
            migration.notes().forEach(note -> out.println("  " + note));
        }
    }

    /** {@code report} is the answer of {@code /api/import}. */
    static void result(JsonNode report, PrintWriter out) {
        List<String> parts = new ArrayList<>();
        for (String kind : List.of("platform", "model", "key")) {
            int added = 0;
            int present = 0;
            for (JsonNode item : report.path(kind + "s")) {
                if (item.path("outcome").asText().equals("added")) {
                    added++;
                } else {
                    present++;
                }
            }
            parts.add(counted(added, kind) + (present > 0 ? " (" + present + " there already)" : ""));
        }
        out.println("Imported: " + String.join(", ", parts) + ".");
    }

    private static String counted(int count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }
}
