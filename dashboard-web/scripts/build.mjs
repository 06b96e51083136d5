// Runs `npm run build` unless the last build was made from exactly these files.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const stamp = "target/web.stamp";
const built = "target/classes/web/index.html";

function files(path) {
  return readdirSync(path, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? files(join(path, entry.name)) : [join(path, entry.name)]));
}

const hash = createHash("sha256");
for (const file of [
  "package-lock.json",
  "vite.config.ts",
  "tsconfig.json",
  "index.html",
  ...files("public"),
  ...files("src"),
]) {
  hash.update(file).update("\0").update(readFileSync(file)).update("\0");
}
const fingerprint = hash.digest("hex");

if (existsSync(built) && existsSync(stamp) && readFileSync(stamp, "utf8") === fingerprint) {
  console.log("the dashboard is up to date");
} else {
  rmSync(stamp, { force: true });
  const run = spawnSync("npm", ["run", "build"], { stdio: "inherit", shell: process.platform === "win32" });
  if (run.status !== 0) process.exit(run.status ?? 1);
  mkdirSync("target", { recursive: true });
  writeFileSync(stamp, fingerprint);
}
