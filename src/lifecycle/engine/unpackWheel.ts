/** Takes the library, and what it needs beside it, out of a wheel of XGBoost. */
import { unzipSync } from "fflate";
import { MlctlError } from "../../core/errors.ts";

/** The library's folder, and the wheel's own OpenMP, which the library finds by its relative path. */
const WANTED = /^(xgboost\/lib|xgboost(_cpu)?\.libs)\/[\w.+-]+$/;

/** Of one file; no wheel for a processor has more. */
const MOST_BYTES = 1024 * 1024 * 1024;

/**
 * @param library file name that this machine's library has
 * @returns content by path, with forward slashes
 * @throws {MlctlError} kind "data" where it is not a wheel of XGBoost for this machine
 */
export function unpackWheel(wheel: Uint8Array, { source, library }: Expected): ReadonlyMap<string, Uint8Array> {
  const files = unzip(wheel, source);
  if (files.has(`xgboost/lib/${library}`)) return files;
  const others = [...files.keys()].filter((path) => path.startsWith("xgboost/lib/")).map((path) => path.slice(12));
  const what = others.length === 0 ? "is not a wheel of XGBoost" : `is for another system: it has ${others.join(", ")}`;
  throw new MlctlError("data", `${source} ${what}`, { hint: `it must have xgboost/lib/${library}; ${WHEEL_HINT}` });
}

interface Expected {
  /** Where the wheel came from, for messages. */
  readonly source: string;
  readonly library: string;
}

const WHEEL_HINT = "`pip download --no-deps xgboost-cpu` gets one";

function unzip(wheel: Uint8Array, source: string): Map<string, Uint8Array> {
  try {
    const filter = (file: { name: string; originalSize: number }): boolean =>
      WANTED.test(file.name) && file.originalSize <= MOST_BYTES;
    return new Map(Object.entries(unzipSync(wheel, { filter })));
  } catch (cause) {
    throw new MlctlError("data", `${source} is not a zip file, or is damaged`, { cause, hint: WHEEL_HINT });
  }
}
