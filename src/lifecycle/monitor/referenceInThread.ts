/** Reads the files of a reference in a thread, in parallel with the rows to monitor. */
import { statSync } from "node:fs";
import { MlctlError } from "../../core/errors.ts";
import type { Reference } from "../../core/records/reference.ts";
import { workerThread } from "../../core/workerThread.ts";
import { referenceOfFiles, type ReferenceFiles } from "./referenceOfRows.ts";
import type { ReferenceResult } from "./referenceThread.ts";

/** Minimum file size for a thread. Starting one takes 0.1 s, as long as reading this many bytes. */
const MIN_THREAD_BYTES = 4 << 20;

/** @throws {MlctlError} kind "data" if one of the files cannot be read */
export async function referenceInThread(files: ReferenceFiles): Promise<Reference> {
  const bytes = files.paths.reduce((sum, path) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0);
  // An exact reference keeps every value, and copying them between threads is slow.
  if (bytes < MIN_THREAD_BYTES || files.isExact) return referenceOfFiles(files);
  const thread = workerThread<ReferenceFiles, ReferenceResult>({
    file: "dist/app/referenceThread.js",
    exited: "the thread that reads the reference exited",
  });
  const result = await thread.request(files).finally(thread.end);
  if ("reference" in result) return result.reference;
  const { kind, message, hint, details } = result.error;
  throw new MlctlError(kind, message, { hint, details });
}
