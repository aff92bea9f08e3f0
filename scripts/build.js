/**
 * Compiles src/ to dist/ and bundles it, if a source file or a setting is newer than the last build. Builds in a folder
 * beside dist/ and then renames it, so that mlctl never runs half a build. A failed build leaves the last one in place.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "./bundle.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");
const aside = join(root, `dist.tmp-${process.pid}`);
const stamp = join(dist, ".built");
const compiler = join(root, "node_modules", "typescript", "bin", "tsc");

if (!isCurrent()) {
  if (existsSync(compiler)) await build();
  else if (process.env.npm_lifecycle_event === "prepare") {
    console.error("note: mlctl is not built, because typescript is not installed; npm start installs and builds it");
  } else {
    console.error("error: typescript is not installed\nhint: npm install --include=dev");
    process.exit(1);
  }
}

async function build() {
  const startedAt = new Date();
  try {
    const args = [compiler, "-p", join(root, "tsconfig.build.json"), "--outDir", aside];
    const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ["ignore", 2, 2] });
    if (status !== 0) {
      process.exitCode = status ?? 1;
      return;
    }
    await bundle(aside);
    writeFileSync(join(aside, ".built"), "");
    // A source that was saved during the build is newer.
    utimesSync(join(aside, ".built"), startedAt, startedAt);
    replaceDist();
  } finally {
    for (const name of readdirSync(root).filter(isAbandoned))
      rmSync(join(root, name), { recursive: true, force: true });
  }
}

function replaceDist() {
  const old = `${aside}-old`;
  try {
    if (existsSync(dist)) renameSync(dist, old);
    renameSync(aside, dist);
  } catch (error) {
    if (isCurrent()) return; // another build was faster
    if (existsSync(old) && !existsSync(dist)) renameSync(old, dist);
    throw error;
  }
}

function isCurrent() {
  return existsSync(stamp) && statSync(stamp).mtimeMs >= newestSource();
}

/** Temporary folders of this build and of builds that were killed. */
function isAbandoned(name) {
  const pid = Number(/^dist\.tmp-(\d+)/.exec(name)?.[1] ?? 0);
  if (pid === 0 || pid === process.pid) return pid !== 0;
  try {
    return !process.kill(pid, 0);
  } catch (error) {
    return error.code === "ESRCH";
  }
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
