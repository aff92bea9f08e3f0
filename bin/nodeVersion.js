/** The required version of Node.js, and the copy of Node.js that a clone may have. Must load on Node 12 and newer. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { isatty } from "node:tty";
import { fileURLToPath } from "node:url";

export const OLDEST_NODE = "22.12";

/** Where scripts/setup.js installs Node if the system's is too old. */
export const nodeFolder = fileURLToPath(new URL("../.node", import.meta.url));

/** The npm package with the Node binary for this platform. */
export const nodePackage = packageFor(process.platform, process.arch);

export const nodeOfClone = `${nodeFolder}/node_modules/${nodePackage}/bin/${process.platform === "win32" ? "node.exe" : "node"}`;

export function isTooOld(version = process.versions.node) {
  const [major, minor] = version.split(".").map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE.split(".").map(Number);
  return major < oldestMajor || (major === oldestMajor && minor < oldestMinor);
}

/**
 * Runs `script` with the Node of the clone and exits with its exit code.
 * @returns false if the clone has no Node
 */
export function runWithNodeOfClone(script, args) {
  if (!existsSync(nodeOfClone)) return false;
  runInForeground(nodeOfClone, [script, ...args]);
  return true;
}

/** Runs a program in place of this one: forwards signals to it and exits with its exit code. */
export function runInForeground(command, args, options = {}) {
  const child = spawn(command, args, { stdio: "inherit", ...options });
  // Ctrl-C reaches both processes if they share a terminal.
  const hasTerminal = [0, 1, 2].some((descriptor) => isatty(descriptor));
  process.on("SIGINT", () => hasTerminal || child.kill("SIGINT"));
  const forwarded = ["SIGTERM", "SIGHUP"];
  for (const signal of forwarded) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => {
    process.stderr.write(`error: ${command} could not be started: ${error.message}\n`);
    process.exit(1);
  });
  child.on("exit", (status, signal) => {
    if (status !== null) process.exit(status);
    if (![...forwarded, "SIGINT"].includes(signal)) process.stderr.write(`error: ${command} was ended by ${signal}\n`);
    process.exit(128 + constants.signals[signal]);
  });
}

function packageFor(platform, arch) {
  const system = platform === "win32" ? "win" : platform;
  return `${system === "darwin" && arch === "arm64" ? "node-bin" : "node"}-${system}-${arch}`;
}
