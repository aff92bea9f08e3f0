/**
 * Prepares a fresh clone, then runs the script given as arguments, if any. Installs a recent Node.js and the packages of
 * package-lock.json, and builds dist/, each only if missing or outdated. Must load on any version of Node.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { delimiter, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { isTooOld, nodeFolder, nodeOfClone, nodePackage, OLDEST_NODE } from "../bin/nodeVersion.js";

/** Installed if the system's Node is too old. */
const NODE_RELEASE = 24;

const root = fileURLToPath(new URL("..", import.meta.url));
const script = process.argv.slice(2);

if (isTooOld()) {
  if (!existsSync(nodeOfClone)) installNode();
  // The shell caches the path of `node`, so the rest runs as a child of the new Node, not after this script.
  const env = { ...process.env, PATH: `${dirname(nodeOfClone)}${delimiter}${process.env.PATH ?? ""}` };
  process.exit(run(nodeOfClone, [fileURLToPath(import.meta.url), ...script], { env, stdio: "inherit" }));
}
if (modifiedAt("node_modules/.package-lock.json") < modifiedAt("package-lock.json")) {
  console.error("Installing the packages of package-lock.json …");
  // No package needs its install script, and mlctl's own script is the build below.
  require(npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund"], root), "npm ci");
}
require(run(process.execPath, [`${root}scripts/build.js`]), "the build");
if (script.length > 0) process.exit(run(process.execPath, script, { cwd: root, stdio: "inherit" }));

function installNode() {
  console.error(`mlctl needs Node.js ${OLDEST_NODE} or newer, this is ${process.version}.`);
  console.error(`Installing Node.js ${NODE_RELEASE} in .node, for this folder only …`);
  mkdirSync(nodeFolder, { recursive: true });
  writeFileSync(`${nodeFolder}/package.json`, '{ "private": true }\n');
  npm(
    ["install", "--no-save", "--no-audit", "--no-fund", "--no-update-notifier", `${nodePackage}@${NODE_RELEASE}`],
    nodeFolder,
  );
  if (existsSync(nodeOfClone) && spawnSync(nodeOfClone, ["--version"]).status === 0) return;
  console.error(`error: Node.js ${NODE_RELEASE} could not be installed for ${process.platform} ${process.arch}`);
  console.error(`hint: install Node.js ${OLDEST_NODE} or newer yourself (https://nodejs.org), then try again`);
  process.exit(1);
}

/** Runs the npm that started this script with the current Node, without a shell even on Windows. */
function npm(args, cwd) {
  const path = process.env.npm_execpath;
  if (path !== undefined && /npm-cli\.c?js$/.test(path)) return run(process.execPath, [path, ...args], { cwd });
  return run("npm", args, { cwd, shell: process.platform === "win32" });
}

/** The output goes to stderr, because stdout belongs to the script that runs afterwards. */
function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { stdio: ["ignore", 2, 2], ...options });
  if (error) console.error(`error: ${command} could not be started: ${error.message}`);
  return status ?? 1;
}

function require(status, step) {
  if (status === 0) return;
  console.error(`error: ${step} failed`);
  process.exit(status);
}

function modifiedAt(path) {
  return existsSync(root + path) ? statSync(root + path).mtimeMs : 0;
}
