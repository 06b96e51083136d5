package dev.switchboard.node.main;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What the command line says by itself (contract.md §1). */
class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(args);
    }

    @Test
    void theVersionIsTold() {
        assertThat(run("--version")).isZero();
        assertThat(out.toString()).contains(Version.current());
    }

    @ParameterizedTest
    @ValueSource(strings = {"start", "cluster", "simulate", "demo", "check", "backup", "restore", "import", "bench"})
    void everyCommandTellsTheSameVersion(String command) {
        assertThat(run(command, "--version")).isZero();
        assertThat(out.toString()).contains(Version.current());
    }

    @Test
    void whatIsImportedIsNamedAsItIsTyped() {
        assertThat(run("import", "other", "file")).isEqualTo(Main.UNUSABLE);
        assertThat(err.toString()).contains("expected litellm or freellmapi").hasLineCount(1);
    }
}
