/** Makes a fresh clone ready: installs what package-lock.json names and builds dist/, each only when it is missing or stale. */
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const modifiedAt = (path) => (existsSync(root + path) ? statSync(root + path).mtimeMs : 0);

if (Number(process.versions.node.split(".")[0]) < 20) {
  console.error(`error: mlctl needs Node.js 20 or newer, this is ${process.version}`);
  process.exit(1);
}
if (modifiedAt("node_modules/.package-lock.json") < modifiedAt("package-lock.json")) {
  console.error("Installing dependencies (better-sqlite3 may compile for a minute) …");
  // Not `npm ci`: it refuses a lock without the binaries for other systems, which not every registry has.
  run("npm", ["install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts=false"]);
}
run(process.execPath, [`${root}scripts/build.js`]);

function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2] });
  if (error) console.error(`error: ${command} could not be started: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}
