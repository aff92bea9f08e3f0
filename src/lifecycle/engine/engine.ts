/** engine: installs, lists and removes the native XGBoost library of this user. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Context } from "../../core/context.ts";
import { MlctlError } from "../../core/errors.ts";
import { projectRoot } from "../../core/projectRoot.ts";
import { nativeLibraries } from "../../estimators/xgboost/engines/chooseEngine.ts";
import {
  findLibraries,
  CHECKSUM_FILE,
  enginesFolder,
  installedEngines,
  libraryFolder,
  libraryName,
  wheelChecksum,
  type InstalledEngine,
} from "../../estimators/xgboost/engines/native/findLibrary.ts";
import {
  availableWheel,
  thisMachine,
  wheels,
  XGBOOST_VERSION,
  type Wheel,
} from "../../estimators/xgboost/engines/native/releases.ts";
import {
  ensureFolder,
  removeStaleTemporaries,
  temporaryPath,
  errorCode,
  writeFailure,
} from "../../storage/files/atomicWrite.ts";
import { downloadWheel, unpackWheel } from "./wheel.ts";

const TRIAL_MILLISECONDS = 60_000;

/**
 * @param from path of a wheel; undefined downloads the pinned wheel from the package index
 * @returns `source`, null if it was already installed, and whether its checksum is `pinned`: one that mlctl knows
 * @throws {MlctlError} if nothing was installed; an existing engine is kept
 */
export async function installEngine(from: string | undefined, context: Context) {
  const parent = enginesFolder();
  if (parent === null) {
    throw new MlctlError("usage", "there is no folder to install into: this user has no home folder", {
      hint: "set XDG_DATA_HOME or HOME to a folder that you own",
    });
  }
  const wheel = from === undefined ? pinnedWheel() : null;
  const known = wheel === null ? undefined : installedEngines().find((one) => wheelChecksum(one) === wheel.sha256);
  if (known !== undefined && (await trial(known.library)).version === known.version) {
    const { version, library } = known;
    warnIfUnused(known, context);
    const sha256 = wheelChecksum(known);
    return { status: "already_installed" as const, version, library, source: null, sha256, pinned: true };
  }
  const aside = newFolder(parent);
  try {
    const { bytes, source } = wheel === null ? fromFile(from!) : await fromIndex(wheel, aside, context);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const pinned = Object.values(wheels).some((one) => one.sha256 === sha256);
    if (!pinned && wheel !== null) {
      throw new MlctlError("data", `${source} has the checksum ${sha256}, which is not that of the release`, {
        hint: "the file was modified, or the index serves another file; nothing was installed",
      });
    }
    const files = unpackWheel(bytes, source, libraryName());
    if (!pinned) {
      context.emit({ type: "warning", stage: "engine", message: `unknown checksum of ${source}: ${sha256}` });
    }
    writeFiles(new Map([...files, [CHECKSUM_FILE, Buffer.from(`${sha256}\n`)]]), aside);
    const placed = await place(aside, parent);
    warnIfUnused(placed, context);
    return { status: "installed" as const, ...placed, source, sha256, pinned };
  } finally {
    discard(aside);
  }
}

/**
 * Replaces folder `to`, or removes it if `from` is null. Renames it before it is deleted, so that other processes never
 * find half an engine, and back if the new one cannot be renamed.
 */
function replaceFolder(from: string | null, to: string): void {
  const old = temporaryPath(to);
  try {
    if (existsSync(to)) renameSync(to, old);
    if (from !== null) renameSync(from, to);
  } catch (error) {
    if (existsSync(old)) renameSync(old, to);
    throw writeFailure(error, to);
  }
  discard(old);
}

/** What cannot be deleted now is deleted by the next installation. */
function discard(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // Harmless: nothing looks for engines there.
  }
}

/** Another library may have precedence over the installed one. */
function warnIfUnused({ version, library }: { version: string; library: string }, { emit }: Context): void {
  const named = process.env.MLCTL_XGBOOST_LIBRARY ?? "";
  const used = named === "" ? findLibraries()[0]?.path : resolve(named);
  if (used === library) return;
  const other = installedEngines().find((engine) => engine.library === used)?.version;
  const unset = `MLCTL_XGBOOST_LIBRARY is ${named}: unset it`;
  const why = named === "" ? `${other} is newer: \`mlctl engine remove ${other}\` removes it` : unset;
  emit({ type: "warning", stage: "engine", message: `XGBoost ${version} is installed, but will not train: ${why}` });
}

/** @returns `available`, the version that `mlctl engine install` would install; null if there is none for this machine */
export async function listEngines() {
  const { used, refused } = await nativeLibraries();
  const available = availableWheel() === null ? null : XGBOOST_VERSION;
  return { engine: used === null ? "wasm" : "native", used, refused, installed: installedEngines(), available };
}

export type ListResult = Awaited<ReturnType<typeof listEngines>>;

/** @param version undefined removes all versions */
export function removeEngines(version: string | undefined): { readonly removed: readonly InstalledEngine[] } {
  const installed = installedEngines();
  const removed = installed.filter((engine) => version === undefined || engine.version === version);
  if (version !== undefined && removed.length === 0) {
    const versions = installed.map((engine) => engine.version).join(", ");
    throw new MlctlError("usage", `version ${version} is not installed`, {
      hint: versions === "" ? "run `mlctl engine list` to see the installed versions" : `installed: ${versions}`,
    });
  }
  for (const { folder } of removed) replaceFolder(null, folder);
  return { removed };
}

function pinnedWheel(): Wheel {
  const machine = thisMachine();
  const wheel = availableWheel(machine);
  if (wheel !== null) return wheel;
  throw new MlctlError("failure", `XGBoost has no wheel for ${machine}`, {
    hint: "the WebAssembly engine works on this machine; or set MLCTL_XGBOOST_LIBRARY to your own library",
  });
}

async function fromIndex(wheel: Wheel, folder: string, { signal, emit }: Context) {
  emit({ type: "stage", stage: "engine", message: `downloading ${wheel.filename}` });
  const onProgress = (done: number, total: number | undefined): void =>
    emit({ type: "progress", stage: "engine", done, unit: "bytes", ...(total === undefined ? {} : { total }) });
  return downloadWheel(wheel, folder, { signal, onProgress });
}

function fromFile(path: string) {
  try {
    return { bytes: readFileSync(path), source: path };
  } catch (cause) {
    const known = { ENOENT: "the file does not exist", EISDIR: "it is a folder" }[errorCode(cause) ?? ""];
    const reason = known ?? (cause as Error).message;
    throw new MlctlError("usage", `--from ${path}: ${reason}`, { cause });
  }
}

/** A temporary folder in `parent`, made before the download to find out whether it can be. */
function newFolder(parent: string): string {
  const aside = temporaryPath(join(parent, "engine"));
  try {
    ensureFolder(parent);
    ensureFolder(aside);
  } catch (error) {
    if (!(error instanceof MlctlError)) throw error;
    const variable = process.platform === "win32" ? "LOCALAPPDATA" : "XDG_DATA_HOME";
    const hint = `set ${variable} to a folder that you can write`;
    throw new MlctlError("failure", error.message, { hint, cause: error });
  }
  try {
    removeStaleTemporaries(parent);
  } catch {}
  return aside;
}

/** Tries the library, then renames its folder: others find the old engine or the new one. */
async function place(aside: string, parent: string): Promise<{ version: string; library: string }> {
  const { version, reason } = await trial(join(aside, libraryFolder, libraryName()));
  if (version === null) throw unusable(reason);
  const folder = join(parent, `xgboost-${version}`);
  replaceFolder(aside, folder);
  return { version, library: join(folder, libraryFolder, libraryName()) };
}

function writeFiles(files: ReadonlyMap<string, Uint8Array>, folder: string): void {
  try {
    for (const [path, content] of files) {
      mkdirSync(join(folder, dirname(path)), { recursive: true });
      writeFileSync(join(folder, path), content, { flush: true, mode: 0o755 });
    }
  } catch (error) {
    throw writeFailure(error, folder);
  }
}

export function unusable(reason: string, platform = process.platform): MlctlError {
  let hint = "nothing was installed; the WebAssembly engine needs no library";
  if (platform === "darwin" && /libomp/.test(reason)) {
    hint = "it needs OpenMP: run `brew install libomp`, then try again";
  } else if (platform === "win32") {
    hint = "it needs the Microsoft Visual C++ Redistributable (https://aka.ms/vc14): install it, then try again";
  }
  return new MlctlError("failure", `the library in the wheel cannot be used on this machine: ${reason}`, { hint });
}

/** Loads the library in a separate process, because it may crash, and away from what is in the current folder. */
function trial(library: string): Promise<{ version: string | null; reason: string }> {
  const module = new URL("dist/app/nativeLibrary.js", projectRoot).href;
  const code = `const [module, library] = process.argv.slice(1);
    import(module).then(({ libraryVersion }) => process.stdout.write(libraryVersion(library)));`;
  const args = ["--input-type=module", "-e", code, module, library];
  const options = { timeout: TRIAL_MILLISECONDS, cwd: dirname(library) };
  return new Promise((done) => {
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      if (error === null) return done({ version: stdout, reason: "" });
      const words = /^\w*Error: (.*)$/m.exec(stderr)?.[1];
      done({ version: null, reason: words ?? (error.signal ? `it crashes (${error.signal})` : error.message) });
    });
  });
}
