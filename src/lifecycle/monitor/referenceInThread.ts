/** Has a thread read the files of a reference: of two files of a million rows each core takes one. */
import { statSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { MlctlError } from "../../core/errors.ts";
import { projectRoot } from "../../core/projectRoot.ts";
import type { Reference } from "../../core/records/reference.ts";
import { referenceOfFiles, type ReferenceFiles } from "./referenceOfRows.ts";
import type { ReferenceAnswer } from "./referenceThread.ts";

/** A thread takes a tenth of a second to start: as long as it takes to read so many bytes. */
const WORTH_A_THREAD = 4 << 20;

/** Only compiled code runs in a thread; tests run the sources, with the build beside them. */
const threadUrl = new URL("bin/referenceThread.js", projectRoot);

/** @throws {MlctlError} kind "data" if one of the files cannot be read */
export async function referenceInThread(files: ReferenceFiles): Promise<Reference> {
  const bytes = files.paths.reduce((sum, path) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0);
  // Every value of an exact reference would be copied from thread to thread.
  if (bytes < WORTH_A_THREAD || files.isExact) return referenceOfFiles(files);
  const answer = await answerOf(files);
  if ("reference" in answer) return answer.reference;
  const { kind, message, hint, details } = answer.error;
  throw new MlctlError(kind, message, { hint, details });
}

function answerOf(files: ReferenceFiles): Promise<ReferenceAnswer> {
  return new Promise((resolve, reject) => {
    // Its streams are not piped to ours: should anything be printed after all, stdout stays clean.
    const worker = new Worker(threadUrl, { stdout: true, stderr: true, workerData: files });
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", (code) => reject(new Error(`the thread that reads the reference ended with code ${code}`)));
  });
}
