package dev.switchboard.node.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The bill of materials that the build wrote, against docs/dependencies.md and what is really packed. */
class SbomIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> ALLOWED = Set.of(
            "0BSD",
            "Apache-2.0",
            "BSD-2-Clause",
            "BSD-3-Clause",
            "BSD-4-Clause",
            "CC0-1.0",
            "ISC",
            "MIT",
            "MIT-0",
            "Unlicense");
    private static final Set<String> ALLOWED_FOR_ONE = Set.of(
            "ch.qos.logback:logback-classic EPL-2.0, LGPL-2.1-only",
            "ch.qos.logback:logback-core EPL-2.0, LGPL-2.1-only",
            "com.h2database:h2 EPL 1.0, MPL-2.0");
    private static final Pattern CLASSIFIER = Pattern.compile("[?&]classifier=([^&]+)");
    private static final Path TARGET = Path.of("target");

    private static JsonNode bill() throws IOException {
        try (Stream<Path> files = Files.list(TARGET)) {
            Path file = files.filter(path -> path.toString().endsWith("-sbom.json"))
                    .findFirst()
                    .orElseThrow();
            return JSON.readTree(file.toFile());
        }
    }

    private static boolean isOurs(JsonNode component) {
        return component.path("group").asText().equals("dev.switchboard");
    }

    private static String name(JsonNode component) {
        return component.path("group").asText() + ":" + component.path("name").asText();
    }

    private static Set<String> licences(JsonNode component) {
        Set<String> licences = new TreeSet<>();
        for (JsonNode entry : component.path("licenses")) {
            JsonNode licence = entry.path("license");
            licences.add(entry.path("expression")
                    .asText(licence.path("id").asText(licence.path("name").asText())));
        }
        return licences;
    }

    private static boolean isAllowed(JsonNode component, Set<String> licences) {
        boolean akka = component.path("group").asText().matches("com\\.(typesafe|lightbend)\\.akka(\\..+)?");
        return (!licences.isEmpty() && ALLOWED.containsAll(licences))
                || (akka && licences.equals(Set.of("BUSL-1.1")))
                || ALLOWED_FOR_ONE.contains(name(component) + " " + String.join(", ", licences));
    }

    @Test
    void everyLibraryIsDocumentedWithItsVersionAndAnAllowedLicence() throws Exception {
        Set<String> built = new TreeSet<>();
        for (JsonNode component : bill().path("components")) {
            if (!isOurs(component)) {
                Set<String> licences = licences(component);
                assertThat(isAllowed(component, licences))
                        .as(name(component) + " is under " + licences)
                        .isTrue();
                assertThat(component.path("hashes")).as(name(component)).isNotEmpty();
                built.add("| " + name(component) + " | "
                        + component.path("version").asText() + " | " + String.join(", ", licences) + " |");
            }
        }
        Set<String> documented = new TreeSet<>();
        for (String line : Files.readAllLines(Path.of("..", "docs", "dependencies.md"))) {
            if (line.startsWith("| ") && line.contains(":")) {
                documented.add(line);
            }
        }
        assertThat(documented).as("docs/dependencies.md").isEqualTo(built);
    }

    @Test
    void theBillNamesEveryJarThatIsPacked() throws Exception {
        Set<String> named = new TreeSet<>();
        for (JsonNode component : bill().path("components")) {
            Matcher classifier = CLASSIFIER.matcher(component.path("purl").asText());
            named.add(component.path("name").asText() + "-"
                    + component.path("version").asText() + (classifier.find() ? "-" + classifier.group(1) : "")
                    + ".jar");
        }
        try (Stream<Path> jars = Files.list(TARGET.resolve("lib"))) {
            assertThat(jars.map(jar -> jar.getFileName().toString()))
                    .isNotEmpty()
                    .allSatisfy(jar -> assertThat(named).contains(jar));
        }
    }

    @Test
    void whatIsBuiltIntoTheDashboardIsUnderAllowedLicences() throws Exception {
        JsonNode packages = JSON.readTree(
                        Path.of("..", "dashboard-web", "package-lock.json").toFile())
                .path("packages");
        Set<String> checked = new TreeSet<>();
        packages.properties().forEach(entry -> {
            JsonNode row = entry.getValue();
            if (!entry.getKey().isEmpty()
                    && !row.path("dev").asBoolean()
                    && !row.path("devOptional").asBoolean()) {
                assertThat(ALLOWED)
                        .as(entry.getKey())
                        .contains(row.path("license").asText());
                assertThat(row.path("integrity").asText()).as(entry.getKey()).startsWith("sha512-");
                checked.add(entry.getKey());
            }
        });
        assertThat(checked).contains("node_modules/react");
    }
}
