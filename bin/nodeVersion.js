/** Which Node.js mlctl needs, and the one that a clone may have of its own. Must load on any Node: nothing newer in here. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";

export const OLDEST_NODE = "22.12";

/** Where scripts/setup.js puts a Node on machines whose own is older. */
export const nodeFolder = fileURLToPath(new URL("../.node", import.meta.url));

/** Below node_modules: the npm package that holds the binary for this machine. */
export const nodePackage = packageFor(process.platform, process.arch);

export const nodeOfClone = `${nodeFolder}/node_modules/${nodePackage}/bin/${process.platform === "win32" ? "node.exe" : "node"}`;

export function isTooOld(version = process.versions.node) {
  const [major, minor] = version.split(".").map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE.split(".").map(Number);
  return major < oldestMajor || (major === oldestMajor && minor < oldestMinor);
}

/**
 * Runs `script` with the clone's own Node, if it has one, and ends as it ends.
 * @returns false where it has none
 */
export function runWithNodeOfClone(script, args) {
  if (!existsSync(nodeOfClone)) return false;
  const child = spawn(nodeOfClone, [script, ...args], { stdio: "inherit" });
  // Ctrl-C reaches both, since they share the terminal; what is sent to this process alone is passed on.
  process.on("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => {
    process.stderr.write(`error: ${nodeOfClone} could not be started: ${error.message}\n`);
    process.exit(1);
  });
  child.on("exit", (status, signal) => process.exit(status ?? 128 + (constants.signals[signal] ?? 0)));
  return true;
}

function packageFor(platform, arch) {
  const system = platform === "win32" ? "win" : platform;
  return `${system === "darwin" && arch === "arm64" ? "node-bin" : "node"}-${system}-${arch}`;
}
