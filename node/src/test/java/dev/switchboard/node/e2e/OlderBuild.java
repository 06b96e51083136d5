package dev.switchboard.node.e2e;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Switchboard as it was at an earlier commit, built in a work tree of its own: what the system property
 * {@code switchboard.older} names, else the last tag, else, before the first release, the last commit that put down payloads
 * which every later build has to read.
 */
final class OlderBuild implements AutoCloseable {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final int MINUTES = 15;

    private final String commit;
    private final Path tree;

    private OlderBuild(String commit, Path tree) {
        this.commit = commit;
        this.tree = tree;
    }

    /** Checks it out and builds it. */
    static OlderBuild make(Path folder) throws Exception {
        String commit = commit();
        Path tree = folder.resolve("older");
        run(ROOT, "git", "worktree", "add", "--detach", tree.toString(), commit);
        OlderBuild build = new OlderBuild(commit, tree);
        try {
            // What static analysis said of it then is not what is proved here.
            Path pom = tree.resolve("pom.xml");
            Files.writeString(pom, Files.readString(pom).replace("-Xep:NullAway:ERROR", "-Xep:NullAway:OFF"));
            run(
                    tree,
                    tree.resolve("mvnw").toString(),
                    "-q",
                    "-B",
                    "-DskipTests",
                    "-Dmaven.test.skip=true",
                    "-Dspotless.check.skip=true",
                    "package");
            return build;
        } catch (IOException e) {
            build.close();
            throw e;
        }
    }

    private static String commit() throws Exception {
        String given = System.getProperty("switchboard.older", "");
        if (!given.isEmpty()) {
            return run(ROOT, "git", "rev-parse", given + "^{commit}");
        }
        String tags = run(ROOT, "git", "tag", "--merged", "HEAD", "--sort=-creatordate");
        return tags.isEmpty()
                ? run(ROOT, "git", "log", "-1", "--format=%H", "--", "node/src/test/resources/directory")
                : run(ROOT, "git", "rev-parse", tags.lines().findFirst().orElseThrow() + "^{commit}");
    }

    /** The folder with its jars. */
    Path target() {
        return tree.resolve("node/target");
    }

    /** What it is, for people. */
    String name() {
        return String.format(Locale.ROOT, "commit %.9s", commit);
    }

    private static String run(Path where, String... command) throws Exception {
        Path said = Files.createTempFile("older", ".log");
        Process process = new ProcessBuilder(List.of(command))
                .directory(where.toFile())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        try {
            boolean ended = process.waitFor(MINUTES, TimeUnit.MINUTES);
            String text = Files.readString(said, StandardCharsets.UTF_8).strip();
            if (!ended || process.exitValue() != 0) {
                throw new IOException(String.join(" ", command) + ": " + text);
            }
            return text;
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            Files.delete(said);
        }
    }

    @Override
    public void close() throws Exception {
        run(ROOT, "git", "worktree", "remove", "--force", tree.toString());
    }
}
