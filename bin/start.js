/** Loads and runs the program, with V8's compile cache for faster starts. */
import { existsSync, mkdirSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";

export async function start(args) {
  const cache = process.env.NODE_COMPILE_CACHE || cacheFolder();
  if (cache !== undefined && isFolder(cache)) enableCompileCache(cache);
  if (!existsSync(new URL("../dist/.built", import.meta.url))) {
    process.stderr.write("error: mlctl is not built\nhint: run `npm install --include=dev` in its folder\n");
    process.exit(1);
  }
  // On Windows, a program of the workspace would be run in place of the one of that name in PATH.
  process.env.NoDefaultCurrentDirectoryInExePath ??= "1";
  const { main } = await import("../dist/app/main.js");
  await main(args);
}

/** Not Node's default, which is in the temporary folder, where other users could plant code. */
function cacheFolder() {
  const named = process.env.XDG_CACHE_HOME ?? "";
  if (isAbsolute(named)) return join(named, "mlctl");
  try {
    const home = homedir();
    return isAbsolute(home) ? join(home, ".cache", "mlctl") : undefined;
  } catch {
    return undefined; // a user without a home folder, e.g. in a container
  }
}

/** Makes it, one folder at a time: Node makes a path in one go, and never returns if that is in /proc. */
function isFolder(path) {
  if (existsSync(path)) return true;
  if (!isFolder(dirname(path))) return false;
  try {
    mkdirSync(path);
    return true;
  } catch {
    return existsSync(path);
  }
}
