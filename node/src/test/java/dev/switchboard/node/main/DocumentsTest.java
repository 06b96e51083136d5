package dev.switchboard.node.main;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import dev.switchboard.node.settings.Setting;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The documents: every link leads somewhere, every page is found from the index, every setting and command is described. */
class DocumentsTest {
    private static final Pattern LINK = Pattern.compile("!?\\[[^\\]]*\\]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.+)$");
    private static final Set<String> LEFT_OUT = Set.of("node_modules", "target", ".git", ".fast");

    private static Path root() {
        return Files.isDirectory(Path.of("docs")) ? Path.of("") : Path.of("..");
    }

    private static String text(String page) throws IOException {
        return Files.readString(root().resolve(page));
    }

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>();
        for (String place :
                List.of("README.md", "CONTRIBUTING.md", "docs", "config", "dashboard-web", "node", "protocol")) {
            try (Stream<Path> files = Files.walk(root().resolve(place))) {
                files.filter(file -> file.toString().endsWith(".md"))
                        .filter(file -> Stream.of(file.toString().split("/")).noneMatch(LEFT_OUT::contains))
                        .forEach(pages::add);
            }
        }
        return pages;
    }

    private static String withoutCode(String page) {
        return page.replaceAll("(?s)```.*?```", "").replaceAll("`[^`\\n]*`", "");
    }

    /** Headings as the anchors that a Markdown viewer makes of them. */
    private static Set<String> anchors(Path page) throws IOException {
        Set<String> anchors = new HashSet<>();
        Map<String, Integer> seen = new HashMap<>();
        Matcher headings = HEADING.matcher(Files.readString(page).replaceAll("(?s)```.*?```", ""));
        while (headings.find()) {
            String slug = headings.group(1)
                    .strip()
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("[^\\p{L}\\p{N} _-]", "")
                    .replace(' ', '-');
            int before = seen.merge(slug, 1, Integer::sum) - 1;
            anchors.add(before == 0 ? slug : slug + "-" + before);
        }
        return anchors;
    }

    @Test
    void everyRelativeLinkAndAnchorLeadsSomewhere() throws Exception {
        List<String> broken = new ArrayList<>();
        int links = 0;
        for (Path page : pages()) {
            Matcher matcher = LINK.matcher(withoutCode(Files.readString(page)));
            while (matcher.find()) {
                String link = matcher.group(1);
                if (link.matches("[a-z]+:.*")) {
                    continue;
                }
                links++;
                String file = link.contains("#") ? link.substring(0, link.indexOf('#')) : link;
                String anchor = link.contains("#") ? link.substring(link.indexOf('#') + 1) : "";
                Path target = file.isEmpty()
                        ? page
                        : page.resolveSibling(URLDecoder.decode(file, StandardCharsets.UTF_8))
                                .normalize();
                boolean there = Files.exists(target)
                        && (anchor.isEmpty() || anchors(target).contains(anchor));
                if (!there) {
                    broken.add(page + ": " + link);
                }
            }
        }
        assertThat(broken).isEmpty();
        assertThat(links).isGreaterThan(50);
    }

    @Test
    void theIndexNamesEveryPage() throws Exception {
        String index = text("docs/README.md");
        try (Stream<Path> files = Files.walk(root().resolve("docs"))) {
            assertThat(files.filter(file -> file.toString().endsWith(".md"))
                            .map(file -> root().resolve("docs").relativize(file).toString())
                            .filter(name -> !name.equals("README.md")))
                    .isNotEmpty()
                    .allSatisfy(name -> assertThat(index).contains("(" + name + ")"));
        }
    }

    /** The row of a setting in docs/configuration.md. */
    private static String row(Setting setting, Config reference) {
        String fallback = "";
        if (reference.hasPath(setting.path())) {
            ConfigValue value = reference.getValue(setting.path());
            fallback = value.valueType() == ConfigValueType.OBJECT
                    ? ""
                    : "`" + value.render(ConfigRenderOptions.concise()).replace("\"", "") + "`";
        }
        return "| `%s` | %s | %s | %s%s |"
                .formatted(
                        setting.path(),
                        fallback,
                        setting.env() == null ? "" : "`" + setting.env() + "`",
                        setting.description(),
                        setting.live() ? " Changeable at run time." : "");
    }

    private static Config reference() throws Exception {
        return ConfigFactory.parseString(text("config/reference/switchboard.conf"))
                .getConfig("switchboard");
    }

    @Test
    void everySettingIsDescribedWithItsDefaultAndItsVariable() throws Exception {
        List<String> lines = text("docs/configuration.md").lines().toList();
        Config reference = reference();
        assertThat(Setting.ALL).hasSizeGreaterThan(40).allSatisfy(setting -> assertThat(lines)
                .contains(row(setting, reference)));
        assertThat(lines.stream().filter(line -> line.matches("\\| `[a-z0-9.-]+` \\|.*")))
                .as("no row of a setting that is gone")
                .hasSameSizeAs(Setting.ALL);
    }

    @Test
    void everySettingIsInTheReferenceConfigurationAndNothingElseIs() throws Exception {
        String reference = text("config/reference/switchboard.conf");
        assertThat(Setting.ALL).allSatisfy(setting -> assertThat(reference)
                .contains(setting.path().substring(setting.path().lastIndexOf('.') + 1)));
        assertThat(reference().entrySet()).isNotEmpty().allSatisfy(entry -> assertThat(Setting.ALL)
                .anyMatch(setting ->
                        entry.getKey().equals(setting.path()) || entry.getKey().startsWith(setting.path() + ".")));
    }

    @Test
    void everyCommandIsDescribed() throws Exception {
        StringBuilder all = new StringBuilder();
        for (Path page : pages()) {
            all.append(Files.readString(page));
        }
        assertThat(Main.commandLine().getSubcommands().keySet().stream().filter(name -> !name.equals("help")))
                .isNotEmpty()
                .allSatisfy(name -> assertThat(all).contains("./switchboard " + name));
    }
}
