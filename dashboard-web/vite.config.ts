import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** The node that the dev server passes /api and /v1 on to. */
const node = process.env.SWITCHBOARD_NODE ?? "http://127.0.0.1:8080";

const policy = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'self'",
].join("; ");

/** Puts the content security policy into the built page; the dev server needs inline scripts. */
function contentSecurityPolicy(): Plugin {
  return {
    name: "content-security-policy",
    apply: "build",
    transformIndexHtml: () => [
      {
        tag: "meta",
        attrs: { "http-equiv": "Content-Security-Policy", content: policy },
        injectTo: "head-prepend",
      },
    ],
  };
}

/** What a browser fetches before the first page shows, gzipped. */
const FIRST_LOAD_LIMIT = 250_000;
const FIRST_PAGE = /(overview-page|chart)-.*\.js$/;

/** Fails the build when the first load outgrows its limit: the page, its scripts, styles and font, and the first page. */
function firstLoadLimit(): Plugin {
  return {
    name: "first-load-limit",
    apply: "build",
    enforce: "post",
    generateBundle(_, bundle) {
      const files = new Set<string>();
      const add = (name: string) => {
        const file = bundle[name];
        if (!file || files.has(name)) return;
        files.add(name);
        if (file.type !== "chunk") return;
        for (const each of file.imports) add(each);
        for (const each of file.viteMetadata?.importedCss ?? []) add(each);
        for (const each of file.viteMetadata?.importedAssets ?? []) add(each);
      };
      for (const [name, file] of Object.entries(bundle)) {
        if (name === "index.html" || name.endsWith(".woff2")) add(name);
        if (file.type === "chunk" && (file.isEntry || FIRST_PAGE.test(name))) add(name);
      }
      const size = [...files]
        .map((name) => bundle[name])
        .reduce((sum, file) => {
          const bytes = file?.type === "chunk" ? file.code : (file?.source ?? "");
          return sum + gzipSync(bytes).length;
        }, 0);
      const text = `first load: ${(size / 1000).toFixed(1)} kB gzipped in ${files.size} files, of ${FIRST_LOAD_LIMIT / 1000} kB`;
      if (![...files].some((name) => FIRST_PAGE.test(name))) this.error("the first page's script was not found");
      if (size > FIRST_LOAD_LIMIT) this.error(text);
      this.info(text);
    },
  };
}

export default defineConfig({
  plugins: [react(), tailwindcss(), contentSecurityPolicy(), firstLoadLimit()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: { host: "127.0.0.1", port: 5173, proxy: { "/api": node, "/v1": node } },
  preview: { host: "127.0.0.1", proxy: { "/api": node, "/v1": node } },
  build: {
    outDir: "target/classes/web",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: "react", test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/, priority: 3 },
            { name: "tanstack", test: /node_modules[\\/]@tanstack[\\/](?!.*virtual)/, priority: 2 },
          ],
        },
      },
    },
  },
  test: {
    globals: true,
    restoreMocks: true,
    testTimeout: 40_000,
    maxWorkers: 2,
    // Every test cleans up after itself (src/test/setup.ts), and loading React once is half of the time.
    isolate: false,
    projects: [
      { extends: true, test: { name: "logic", environment: "node", include: ["src/**/*.test.ts"] } },
      {
        extends: true,
        test: {
          name: "pages",
          environment: "jsdom",
          include: ["src/**/*.test.tsx"],
          setupFiles: ["src/test/setup.ts"],
        },
      },
    ],
  },
});
