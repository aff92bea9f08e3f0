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

if (newestSource() > (existsSync(stamp) ? statSync(stamp).mtimeMs : 0)) {
  if (existsSync(compiler)) await build();
  else if (process.env.npm_lifecycle_event === "prepare") {
    console.error("note: mlctl is not built, because typescript is not installed; npm start installs and builds it");
  } else {
    console.error("error: typescript is not installed\nhint: npm install --include=dev");
    process.exit(1);
  }
}

async function build() {
  removeStopped();
  const startedAt = new Date();
  const args = [compiler, "-p", join(root, "tsconfig.build.json"), "--outDir", aside];
  try {
    const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ["ignore", 2, 2] });
    process.exitCode = status ?? 1;
    if (status !== 0) return;
    await bundle(aside);
    writeFileSync(join(aside, ".built"), "");
    utimesSync(join(aside, ".built"), startedAt, startedAt); // a source that was saved meanwhile is newer
    if (existsSync(dist)) renameSync(dist, `${aside}-old`);
    renameSync(aside, dist);
  } finally {
    for (const folder of [aside, `${aside}-old`]) rmSync(folder, { recursive: true, force: true });
  }
}

/** Removes what builds that were stopped have left. */
function removeStopped() {
  for (const name of readdirSync(root)) {
    const pid = /^dist\.tmp-(\d+)(-old)?$/.exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) rmSync(join(root, name), { recursive: true, force: true });
  }
}

/** @param {number} pid */
function isRunning(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === "EPERM";
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
