package dev.switchboard.node.http;

import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpCharsets;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.model.headers.RawHeader;
import akka.util.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** The dashboard's static files from the class path, kept in memory; pages of the client fall back to its index. */
public final class DashboardFiles {
    private static final String CSP = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
            + "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

    /** What the dashboard never asks a browser for. */
    private static final String PERMISSIONS =
            "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()";

    private static final Map<String, ContentType> TYPES = Map.of(
            "html", ContentTypes.TEXT_HTML_UTF8,
            "js", ContentTypes.create(MediaTypes.APPLICATION_JAVASCRIPT, HttpCharsets.UTF_8),
            "css", ContentTypes.create(MediaTypes.TEXT_CSS, HttpCharsets.UTF_8),
            "svg", ContentTypes.parse("image/svg+xml"),
            "json", ContentTypes.APPLICATION_JSON,
            "png", ContentTypes.parse("image/png"),
            "ico", ContentTypes.parse("image/x-icon"),
            "woff2", ContentTypes.parse("font/woff2"),
            "txt", ContentTypes.TEXT_PLAIN_UTF8);

    private final String root;
    private final Map<String, StaticFile> files = new ConcurrentHashMap<>();

    private record StaticFile(ContentType type, ByteString bytes, ByteString gzipped, String etag) {}

    /** {@code root} is a folder on the class path, without slashes at its ends. */
    public DashboardFiles(String root) {
        this.root = root;
    }

    /**
     * The file of a path, or the index for a browser's page; null where neither fits.
     *
     * @param gzip whether the client takes gzip
     */
    @Nullable
    HttpResponse find(String path, @Nullable String accept, @Nullable String ifNoneMatch, boolean gzip) {
        if (path.contains("..") || path.contains("//") || path.contains("%")) {
            return null;
        }
        boolean index = path.equals("/");
        StaticFile file = load(index ? "/index.html" : path);
        boolean hashed = path.startsWith("/assets/");
        if (file == null && !hashed && wantsHtml(accept)) {
            file = load("/index.html");
        }
        if (file == null) {
            return null;
        }
        HttpResponse response = HttpResponse.create()
                .addHeader(RawHeader.create("ETag", file.etag()))
                .addHeader(
                        RawHeader.create("Cache-Control", hashed ? "public, max-age=31536000, immutable" : "no-cache"))
                .addHeader(RawHeader.create("Content-Security-Policy", CSP))
                .addHeader(RawHeader.create("Cross-Origin-Opener-Policy", "same-origin"))
                .addHeader(RawHeader.create("Permissions-Policy", PERMISSIONS))
                .addHeader(RawHeader.create("Vary", "Accept-Encoding"));
        if (isKnown(file, ifNoneMatch)) {
            return response.withStatus(304);
        }
        if (gzip && file.gzipped().size() < file.bytes().size()) {
            return response.addHeader(RawHeader.create("Content-Encoding", "gzip"))
                    .withEntity(HttpEntities.create(file.type(), file.gzipped()));
        }
        return response.withEntity(HttpEntities.create(file.type(), file.bytes()));
    }

    /** Whether a list of entity tags names the file; a proxy that compresses marks them as weak. */
    private static boolean isKnown(StaticFile file, @Nullable String ifNoneMatch) {
        if (ifNoneMatch == null) {
            return false;
        }
        for (String part : ifNoneMatch.split(",", -1)) {
            String tag = part.strip();
            if (tag.equals("*") || tag.equals(file.etag()) || tag.equals("W/" + file.etag())) {
                return true;
            }
        }
        return false;
    }

    private static boolean wantsHtml(@Nullable String accept) {
        return accept != null && accept.contains("text/html");
    }

    private @Nullable StaticFile load(String path) {
        int dot = path.lastIndexOf('.');
        ContentType type = dot < 0 ? null : TYPES.get(path.substring(dot + 1).toLowerCase(Locale.ROOT));
        if (type == null) {
            return null;
        }
        // Only existing files are remembered, so that unknown paths cannot grow the map.
        StaticFile known = files.get(path);
        if (known != null) {
            return known;
        }
        StaticFile file = read(path, type);
        if (file != null) {
            files.put(path, file);
        }
        return file;
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length / 2);
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    private @Nullable StaticFile read(String path, ContentType type) {
        try (InputStream in = DashboardFiles.class.getClassLoader().getResourceAsStream(root + path)) {
            if (in == null) {
                return null;
            }
            byte[] bytes = in.readAllBytes();
            String etag = "\""
                    + HexFormat.of()
                            .formatHex(
                                    AccessKeys.sha256(new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1)),
                                    0,
                                    8)
                    + "\"";
            return new StaticFile(
                    type, ByteString.fromArrayUnsafe(bytes), ByteString.fromArrayUnsafe(gzip(bytes)), etag);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
