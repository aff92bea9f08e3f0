/** Reads the files of a reference in a thread, in parallel with the rows to monitor. */
import { statSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { MlctlError } from "../../core/errors.ts";
import { projectRoot } from "../../core/projectRoot.ts";
import type { Reference } from "../../core/records/reference.ts";
import { referenceOfFiles, type ReferenceFiles } from "./referenceOfRows.ts";
import type { ReferenceResult } from "./referenceThread.ts";

/** Minimum file size for a thread. Starting one takes 0.1 s, as long as reading this many bytes. */
const MIN_THREAD_BYTES = 4 << 20;

/** The thread runs compiled code, also in tests. */
const threadUrl = new URL("bin/referenceThread.js", projectRoot);

/** @throws {MlctlError} kind "data" if one of the files cannot be read */
export async function referenceInThread(files: ReferenceFiles): Promise<Reference> {
  const bytes = files.paths.reduce((sum, path) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0);
  // An exact reference keeps every value, and copying them between threads is slow.
  if (bytes < MIN_THREAD_BYTES || files.isExact) return referenceOfFiles(files);
  const result = await runThread(files);
  if ("reference" in result) return result.reference;
  const { kind, message, hint, details } = result.error;
  throw new MlctlError(kind, message, { hint, details });
}

function runThread(files: ReferenceFiles): Promise<ReferenceResult> {
  return new Promise((resolve, reject) => {
    // Capture the thread's output, so that it cannot end up on stdout.
    const worker = new Worker(threadUrl, { stdout: true, stderr: true, workerData: files });
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", (code) => reject(new Error(`the thread that reads the reference exited with code ${code}`)));
  });
}
