/** Chooses what grows the trees: the native library where there is one that works, else WebAssembly. */
import { MlctlError } from "../../core/errors.ts";
import type { Engine } from "./engine.ts";
import { findLibrary } from "./findLibrary.ts";
import { nativeEngine } from "./nativeEngine.ts";
import { wasmEngine } from "./wasmEngine.ts";

/** By path: why a library cannot be used, null where it can. */
const verdicts = new Map<string, string | null>();

/**
 * @param wanted "auto", "wasm" or "native"
 * @throws {MlctlError} kind "usage" where the native engine is wanted and cannot be had
 */
export async function chooseEngine(wanted: string): Promise<Engine> {
  if (wanted === "wasm") return wasmEngine;
  const library = findLibrary();
  const problem = library === null ? "libxgboost is not installed" : await problemOf(library);
  if (library !== null && problem === null) return nativeEngine(library);
  // Named by the user, it is what the user wants: no other engine in its stead.
  const isNamed = library !== null && library === process.env.MLCTL_XGBOOST_LIBRARY;
  if (wanted === "auto" && !isNamed) return wasmEngine;
  throw new MlctlError("usage", `the native engine of xgboost cannot be used: ${problem}`, {
    hint: 'install libxgboost0 (Debian, Ubuntu) or xgboost (Homebrew, pip), or use engine "wasm"',
  });
}

async function problemOf(library: string): Promise<string | null> {
  const known = verdicts.get(library);
  if (known !== undefined) return known;
  const verdict = await tryLibrary(library);
  verdicts.set(library, verdict);
  return verdict;
}

async function tryLibrary(library: string): Promise<string | null> {
  try {
    const { libraryVersion } = await import("./nativeLibrary.ts");
    libraryVersion(library);
    return null;
  } catch (error) {
    return `${library}: ${error instanceof Error ? error.message : String(error)}`;
  }
}
