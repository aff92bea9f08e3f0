/** Chooses what grows the trees: the first native library that works, else WebAssembly. */
import { MlctlError } from "../../../core/errors.ts";
import type { Engine } from "./engine.ts";
import { findLibraries, type FoundLibrary } from "./native/findLibrary.ts";
import { INSTALL_HINT } from "./native/installedEngines.ts";
import { nativeEngine } from "./native/nativeEngine.ts";
import { wasmEngine } from "./wasm/wasmEngine.ts";

export interface UsableLibrary extends FoundLibrary {
  readonly version: string;
}

export interface RefusedLibrary extends FoundLibrary {
  readonly reason: string;
}

/** What the machine has for the native engine. */
export interface NativeLibraries {
  /** Null: none can be used. */
  readonly used: UsableLibrary | null;
  /** Tried before it, or before WebAssembly was taken. */
  readonly refused: readonly RefusedLibrary[];
}

/** By path: opening a library takes a while, and it is asked for at each fit. */
const tried = new Map<string, UsableLibrary | RefusedLibrary>();

/** @throws {MlctlError} kind "usage" where MLCTL_XGBOOST_LIBRARY does not name a file */
export async function nativeLibraries(): Promise<NativeLibraries> {
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
 * @throws {MlctlError} kind "usage" where the native engine is wanted and cannot be had
 */
export async function chooseEngine(wanted: string): Promise<Engine> {
  if (wanted === "wasm") return wasmEngine;
  const { used, refused } = await nativeLibraries();
  if (used !== null) return nativeEngine(used.path);
  // Named by the user, it is what the user wants: no other engine in its stead.
  const isNamed = refused.some(({ origin }) => origin === "MLCTL_XGBOOST_LIBRARY");
  if (wanted === "auto" && !isNamed) return wasmEngine;
  const why = refused.length === 0 ? "libxgboost is not installed" : refused.map(describeRefusal).join("; ");
  throw new MlctlError("usage", `the native engine of xgboost cannot be used: ${why}`, {
    hint: isNamed
      ? "name another file in MLCTL_XGBOOST_LIBRARY, or unset it"
      : `${INSTALL_HINT}; engine "wasm" needs no library`,
  });
}

export function describeRefusal({ path, reason }: RefusedLibrary): string {
  return `${path} cannot be used: ${reason}`;
}

async function tryLibrary(found: FoundLibrary): Promise<UsableLibrary | RefusedLibrary> {
  try {
    const { libraryVersion } = await import("./native/nativeLibrary.ts");
    return { ...found, version: libraryVersion(found.path) };
  } catch (error) {
    return { ...found, reason: error instanceof Error ? error.message : String(error) };
  }
}
