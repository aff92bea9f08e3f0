/** The kinds of work that machines share, and the pool of threads that does each. */
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { deserialize, serialize } from "node:v8";
import { codeVersion } from "../../config/codeVersion.ts";
import { nativeLibraries } from "../../estimators/xgboost/engines/chooseEngine.ts";
import { searchThread, trialPool, type Pool, type TrialWork } from "../../pipeline/search/trialPool.ts";

export interface Work {
  /** Fits, in threads; or files to predict, in the process. */
  readonly kind: "search" | "files";
  readonly work: unknown;
}

type PoolOptions = Parameters<typeof trialPool>[1];

/** Makes the pool of a work of kind "files", whose code this room may not import. */
export type FilePool = (work: unknown, signal: AbortSignal) => Pool<unknown, unknown>;

export const packed = (value: unknown): Buffer => serialize(value);

export const unpacked = <T>(bytes: Buffer): T => deserialize(bytes) as T;

/** @returns also how many tasks it does at a time: it would keep more from others */
export function poolOf(bytes: Buffer, options: PoolOptions & { readonly files: FilePool }) {
  const { kind, work } = unpacked<Work>(bytes);
  if (kind === "files") return { ...options.files(work, options.signal), width: 1 };
  return { ...(trialPool(work as TrialWork, options) as Pool<unknown, unknown>), width: options.workers };
}

/**
 * What has to be equal on two machines so that a task has the same result to the last bit: the version of mlctl, and a
 * hash of its code, of the JavaScript engine, and of libxgboost: "0.1.0-3fa2c1".
 */
export async function computeVersion(): Promise<string> {
  const { used } = await nativeLibraries();
  // Builds of one version differ in size, and a hash of 200 MB would take a second.
  const library = used === null ? null : [used.version, statSync(used.path).size];
  const { arch, platform, versions } = process;
  const parts = [readFileSync(searchThread, "base64"), arch, platform, versions.v8, library];
  const hash = createHash("sha256").update(JSON.stringify(parts)).digest("hex");
  return `${codeVersion()}-${hash.slice(0, 6)}`;
}
