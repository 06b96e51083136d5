package dev.switchboard.node.main;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code check} looks at everything, whatever it has found before. */
class CheckCommandTest {
    @TempDir
    Path folder;

    @Test
    void problemsOfAllKindsArePrintedInOneGo() throws Exception {
        Path pem = Files.writeString(folder.resolve("empty.pem"), "-");
        assertThat(check(
                        """
                switchboard {
                  http { port = 99999, tls { certificate = "PEM", key = "PEM" } }
                  cluster.tls { certificate = "PEM", key = "PEM", authority = "PEM" }
                  sesion.ttl = 3m
                  protection { gorq = off, "gorq/x" = off, demo = off, groq = off, alpha = off }
                  bootstrap {
                    platforms = [ { id = alpha, base-url = "http://127.0.0.1:1/v1" } ]
                    keys = [ { platform = missing, key = "sk-one" } ]
                  }
                }
                """
                                .replace("PEM", pem.toString())))
                .hasSize(7)
                .anySatisfy(line -> assertThat(line).startsWith("switchboard.http.port = 99999: "))
                .anySatisfy(line -> assertThat(line).startsWith("switchboard.http.tls: "))
                .anySatisfy(line -> assertThat(line).startsWith("switchboard.cluster.tls: "))
                .anySatisfy(line -> assertThat(line).startsWith("switchboard.sesion.ttl: unknown key"))
                .anySatisfy(line -> assertThat(line)
                        .isEqualTo("switchboard.protection.\"gorq\": platform gorq is neither in bootstrap.platforms"
                                + " nor built in"))
                .anySatisfy(line -> assertThat(line).startsWith("switchboard.protection.\"gorq/x\": platform gorq"))
                .anySatisfy(
                        line -> assertThat(line).startsWith("switchboard.bootstrap.keys[0].platform = \"missing\""));
    }

    @Test
    void aPlatformThatCannotBeReadIsNoStranger() throws Exception {
        assertThat(
                        check(
                                """
                switchboard.bootstrap {
                  platforms = [ { id = alpha, base-url = nowhere } ]
                  keys = [ { platform = alpha, key = "sk-one" } ]
                }
                """))
                .singleElement()
                .asString()
                .startsWith("switchboard.bootstrap.platforms[0].base-url = \"nowhere\"");
    }

    @Test
    void aModelThatNobodyNamesIsNotProtected() throws Exception {
        List<String> problems = check(
                """
                switchboard {
                  protection {
                    "groq/no-such" = off
                    "groq/openai/gpt-oss-120b" = off
                    "alpha/small" = off
                    "alpha/team/large" = off
                    "demo/echo" = off
                  }
                  bootstrap {
                    platforms = [ { id = alpha, base-url = "http://127.0.0.1:1/v1" } ]
                    models = [ { platform = alpha, id = "team/large" } ]
                  }
                }
                """);
        assertThat(problems).containsExactly(stranger("alpha/small"), stranger("groq/no-such"));
    }

    private static String stranger(String model) {
        return "switchboard.protection.\"" + model + "\": model " + model
                + " is neither in bootstrap.models nor built in";
    }

    @Test
    void aModelThatCannotBeReadIsNoStranger() throws Exception {
        List<String> problems = check(
                """
                switchboard {
                  protection { "groq/mine" = off }
                  bootstrap.models = [ { platform = groq, id = mine, rpm = none } ]
                }
                """);
        assertThat(problems).singleElement().asString().startsWith("switchboard.bootstrap.models[0].rpm");
    }

    private List<String> check(String text) throws Exception {
        Path file = Files.writeString(folder.resolve("bad.conf"), text);
        StringWriter out = new StringWriter();
        assertThat(Main.commandLine().setOut(new PrintWriter(out)).execute("check", "--config", file.toString()))
                .isEqualTo(1);
        return out.toString().lines().toList();
    }
}
