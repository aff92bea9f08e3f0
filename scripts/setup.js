/**
 * Prepares a fresh clone, then runs the script given as arguments, if any. Installs a recent Node.js and the packages of
 * package-lock.json, and builds dist/, each only if missing or outdated. Must load on Node 12 and newer.
 */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { delimiter, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { isTooOld, nodeFolder, nodeOfClone, nodePackage, OLDEST_NODE, runInForeground } from "../bin/nodeVersion.js";

/** Installed if the system's Node is too old. */
const NODE_RELEASE = 24;

const root = fileURLToPath(new URL("..", import.meta.url));
/** The machine that node_modules was installed for. Several may share the folder, e.g. Windows and its Linux. */
const stamp = `${root}node_modules/.mlctl-machine`;
const script = process.argv.slice(2);

if (isTooOld()) {
  if (!nodeOfCloneWorks()) installNode();
  // The shell caches the path of `node`, so the rest runs as a child of the new Node, not after this script.
  const env = { ...process.env, PATH: `${dirname(nodeOfClone)}${delimiter}${process.env.PATH || ""}` };
  runInForeground(nodeOfClone, [fileURLToPath(import.meta.url), ...script], { env });
} else {
  if (packagesAreOutdated()) {
    console.error("Installing the packages of package-lock.json …");
    // No package needs its install script, and mlctl's own is the build below, which needs the packages of development.
    require(npm(["ci", "--include=dev", "--ignore-scripts", "--no-audit", "--no-fund"], root), "npm ci");
    fs.writeFileSync(stamp, machine());
  }
  require(run(process.execPath, [`${root}scripts/build.js`]), "the build");
  if (script.length > 0) runInForeground(process.execPath, script, { cwd: root });
}

function packagesAreOutdated() {
  if (modifiedAt("node_modules/.package-lock.json") < modifiedAt("package-lock.json")) return true;
  if (!fs.existsSync(`${root}node_modules/@typescript/typescript-${process.platform}-${process.arch}`)) return true;
  return fs.existsSync(stamp) && fs.readFileSync(stamp, "utf8") !== machine();
}

function machine() {
  process.report.excludeNetwork = true; // no look-up of host names
  const libc = process.report.getReport().header.glibcVersionRuntime ? "glibc" : "other";
  return `${process.platform} ${process.arch} ${libc}\n`;
}

/** False if its installation was interrupted, or if it is too old by now. */
function nodeOfCloneWorks() {
  const { status, stdout } = spawnSync(nodeOfClone, ["--version"], { encoding: "utf8" });
  return status === 0 && !isTooOld(stdout.trim().slice(1));
}

function installNode() {
  console.error(`mlctl needs Node.js ${OLDEST_NODE} or newer, this is ${process.version}.`);
  console.error(`Installing Node.js ${NODE_RELEASE} in .node, for this folder only …`);
  // Node 12 has no rmSync, and newer ones no recursive rmdirSync.
  if (fs.existsSync(nodeFolder)) (fs.rmSync || fs.rmdirSync)(nodeFolder, { recursive: true });
  fs.mkdirSync(nodeFolder, { recursive: true });
  fs.writeFileSync(`${nodeFolder}/package.json`, '{ "private": true }\n');
  npm(
    ["install", "--no-save", "--no-audit", "--no-fund", "--no-update-notifier", `${nodePackage}@${NODE_RELEASE}`],
    nodeFolder,
  );
  if (nodeOfCloneWorks()) return;
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
  const { status, signal, error } = spawnSync(command, args, { stdio: ["ignore", 2, 2], ...options });
  if (error) console.error(`error: ${command} could not be started: ${error.message}`);
  if (signal) console.error(`error: ${command} was ended by ${signal}`);
  return status === null ? 1 : status;
}

function require(status, step) {
  if (status === 0) return;
  console.error(`error: ${step} failed`);
  process.exit(status);
}

function modifiedAt(path) {
  return fs.existsSync(root + path) ? fs.statSync(root + path).mtimeMs : 0;
}
