package dev.switchboard.node.main;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeUrlsTest {
    @TempDir
    Path folder;

    @Test
    void addressesGoWithTheirNodes() throws Exception {
        // Higher than any that Linux gives to a process.
        Path dead = Files.writeString(folder.resolve("node-99999999.url"), "http://127.0.0.1:1\n");

        NodeUrls.note(folder, "http://127.0.0.1:2");
        assertThat(NodeUrls.of(folder)).containsExactly("http://127.0.0.1:2");
        assertThat(dead).doesNotExist();

        NodeUrls.forget(folder);
        assertThat(folder).isEmptyDirectory();
    }
}
