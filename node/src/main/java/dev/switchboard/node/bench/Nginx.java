package dev.switchboard.node.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** nginx as processes of the benchmark's own: one that answers, one that proxies; a worker each. */
final class Nginx {
    private final String program;
    private final Path folder;

    private Nginx(String program, Path folder) {
        this.program = program;
        this.folder = folder;
    }

    /** Null where it is not installed. */
    static @Nullable Nginx find(Path folder) {
        String program = Programs.find("nginx");
        return program == null ? null : new Nginx(program, folder);
    }

    /** Answers every request on a loopback port with the sample answer. */
    Child answering(int port) throws IOException {
        return start(
                "answer",
                """
                server {
                  listen 127.0.0.1:%d backlog=16384;
                  location / { default_type application/json; return 200 '%s'; }
                }
                """
                        .formatted(port, Traffic.answer()));
    }

    /** Passes every request on to another loopback port, unbuffered, over kept connections. */
    Child proxying(int port, int upstream) throws IOException {
        return start(
                "proxy",
                """
                upstream target { server 127.0.0.1:%d; keepalive 256; keepalive_requests 1000000000; }
                server {
                  listen 127.0.0.1:%d backlog=16384;
                  location / {
                    proxy_pass http://target; proxy_http_version 1.1; proxy_set_header Connection "";
                    proxy_buffering off; proxy_read_timeout 300s;
                  }
                }
                """
                        .formatted(upstream, port));
    }

    private Child start(String name, String server) throws IOException {
        Path home = Files.createDirectories(folder.resolve("nginx-" + name));
        Path temp = Files.createDirectories(home.resolve("temp"));
        Path config = home.resolve("nginx.conf");
        String text =
                """
                daemon off;
                worker_processes 1;
                worker_rlimit_nofile 65536;
                pid %1$s/nginx.pid;
                error_log %1$s/error.log warn;
                events { worker_connections 32768; multi_accept on; }
                http {
                  access_log off;
                  client_body_temp_path %2$s; proxy_temp_path %2$s; fastcgi_temp_path %2$s;
                  uwsgi_temp_path %2$s; scgi_temp_path %2$s;
                  client_body_buffer_size 64k;
                  keepalive_requests 1000000000;
                  keepalive_timeout 300s;
                %3$s}
                """
                        .formatted(home, temp, server);
        Files.writeString(config, text);
        return Child.start(
                "nginx-" + name,
                List.of(
                        program,
                        "-e",
                        home.resolve("error.log").toString(),
                        "-p",
                        home.toString(),
                        "-c",
                        config.toString()),
                Map.of(),
                folder);
    }
}
