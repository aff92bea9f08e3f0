/** Chooses the engine that grows the trees: the first native library that works, else WebAssembly. */
import type { Ranks } from "../../../core/estimator.ts";
import { messageOf, MlctlError } from "../../../core/errors.ts";
import { openNative } from "../../../core/nativeCalls.ts";
import type { Engine } from "./engine.ts";
import { findLibraries, type FoundLibrary } from "./native/findLibrary.ts";
import { installHint, XGBOOST_VERSION } from "./native/releases.ts";
import { nativeEngine } from "./native/nativeEngine.ts";
import { wasmEngine } from "./wasm/wasmEngine.ts";

export interface UsableLibrary extends FoundLibrary {
  readonly version: string;
}

export interface RefusedLibrary extends FoundLibrary {
  readonly reason: string;
}

/** By path: opening a library is slow, and each fit chooses an engine. */
const tried = new Map<string, UsableLibrary | RefusedLibrary>();

/**
 * The libxgboost of this machine that is used (null: none can be), and those that were tried before and cannot be.
 * @throws {MlctlError} kind "usage" if MLCTL_XGBOOST_LIBRARY is not a file
 */
export async function nativeLibraries(): Promise<{ used: UsableLibrary | null; refused: readonly RefusedLibrary[] }> {
  const refused: RefusedLibrary[] = [];
  for (const found of findLibraries()) {
    const outcome = tried.get(found.path) ?? (await tryLibrary(found));
    tried.set(found.path, outcome);
    if ("version" in outcome) return { used: outcome, refused };
    refused.push(outcome);
  }
  return { used: null, refused };
}

/**
 * @param wanted "auto", "wasm" or "native"
 * @param ranks processes that train together, which needs the native engine
 * @throws {MlctlError} kind "usage" if the native engine is requested and cannot be used
 */
export async function chooseEngine(wanted: string, ranks?: Ranks): Promise<Engine> {
  if (wanted === "wasm") return wasmEngine;
  const { used, refused } = await nativeLibraries();
  if (used !== null && ranks !== undefined) requireCollective(used);
  if (used !== null) return nativeEngine(used.path, ranks);
  // The user named this library, so do not fall back to another engine.
  const isNamed = refused.some(({ origin }) => origin === "MLCTL_XGBOOST_LIBRARY");
  if (wanted === "auto" && !isNamed && ranks === undefined) return wasmEngine;
  const why = refused.length === 0 ? "libxgboost is not installed" : refused.map(describeRefusal).join("; ");
  throw new MlctlError("usage", `cannot use the native engine of xgboost: ${why}`, {
    hint: isNamed
      ? "set MLCTL_XGBOOST_LIBRARY to another file, or unset it"
      : `${installHint()}; engine "wasm" needs no library`,
  });
}

/** Earlier versions have no tracker, which introduces the ranks to each other. */
function requireCollective({ path, version, origin }: UsableLibrary): void {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > 2 || (major === 2 && minor >= 1)) return;
  const isNamed = origin === "MLCTL_XGBOOST_LIBRARY";
  throw new MlctlError("usage", `train.distributed needs libxgboost 2.1 or newer, but ${path} is ${version}`, {
    hint: `\`mlctl engine install\` installs ${XGBOOST_VERSION}${isNamed ? "; unset MLCTL_XGBOOST_LIBRARY to use it" : ""}`,
  });
}

export function describeRefusal({ path, reason }: RefusedLibrary): string {
  return `${path} cannot be used: ${reason}`;
}

async function tryLibrary(found: FoundLibrary): Promise<UsableLibrary | RefusedLibrary> {
  try {
    // Loads koffi, in the middle of which a thread must not be ended.
    const { libraryVersion } = await openNative(() => import("./native/nativeLibrary.ts"));
    return { ...found, version: libraryVersion(found.path) };
  } catch (error) {
    return { ...found, reason: messageOf(error) };
  }
}
