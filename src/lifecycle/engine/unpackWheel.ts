/** Extracts the library and its dependencies from an XGBoost wheel. */
import { unzipSync } from "fflate";
import { MlctlError } from "../../core/errors.ts";

/** The folder of the library, and the OpenMP library of the wheel, which is found by its relative path. */
const WANTED = /^(xgboost\/lib|xgboost(_cpu)?\.libs)\/[\w.+-]+$/;

const MAX_BYTES = 1024 * 1024 * 1024;

/**
 * @param source where the wheel came from, for messages
 * @param library file name of the library on this platform
 * @returns content by path, with forward slashes
 * @throws {MlctlError} kind "data" if it is not an XGBoost wheel for this machine
 */
export function unpackWheel(wheel: Uint8Array, source: string, library: string): ReadonlyMap<string, Uint8Array> {
  const files = unzip(wheel, source);
  if (files.has(`xgboost/lib/${library}`)) return files;
  const others = [...files.keys()].filter((path) => path.startsWith("xgboost/lib/")).map((path) => path.slice(12));
  const what =
    others.length === 0 ? "is not an XGBoost wheel" : `is for another system: it contains ${others.join(", ")}`;
  throw new MlctlError("data", `${source} ${what}`, { hint: `it must contain xgboost/lib/${library}; ${WHEEL_HINT}` });
}

const WHEEL_HINT = "run `pip download --no-deps xgboost-cpu` to get one";

function unzip(wheel: Uint8Array, source: string): Map<string, Uint8Array> {
  try {
    const filter = (file: { name: string; originalSize: number }): boolean =>
      WANTED.test(file.name) && file.originalSize <= MAX_BYTES;
    return new Map(Object.entries(unzipSync(wheel, { filter })));
  } catch (cause) {
    throw new MlctlError("data", `${source} is not a zip file, or is damaged`, { cause, hint: WHEEL_HINT });
  }
}
