/** Compiles src/ to dist/ and bundles it, if a source file or a setting is newer than the last build. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "./bundle.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const stamp = join(root, "dist", ".built");
const compiler = join(root, "node_modules", "typescript", "bin", "tsc");

if (newestSource() > (existsSync(stamp) ? statSync(stamp).mtimeMs : 0)) {
  if (!existsSync(compiler)) {
    console.error("error: typescript is not installed\nhint: npm install");
    process.exit(1);
  }
  const startedAt = new Date();
  rmSync(join(root, "dist"), { recursive: true, force: true });
  const { status } = spawnSync(process.execPath, [compiler, "-p", join(root, "tsconfig.build.json")], {
    cwd: root,
    stdio: ["ignore", 2, 2],
  });
  if (status !== 0) process.exit(status ?? 1);
  await bundle();
  writeFileSync(stamp, `${startedAt.toISOString()}\n`);
}

function newestSource() {
  const sources = readdirSync(join(root, "src"), { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.name.endsWith(".test.ts"))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  const settings = ["tsconfig.json", "tsconfig.build.json", "package-lock.json", "scripts/bundle.js"].map((name) =>
    join(root, name),
  );
  return Math.max(...[...sources, ...settings].map((path) => statSync(path).mtimeMs));
}
