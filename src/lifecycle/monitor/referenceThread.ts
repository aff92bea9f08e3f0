/** Thread that computes a reference while the main thread reads and predicts the rows to monitor. */
import { parentPort, workerData } from "node:worker_threads";
import { MlctlError, type ErrorKind } from "../../core/errors.ts";
import type { Reference } from "../../core/records/reference.ts";
import { referenceOfFiles, type ReferenceFiles } from "./referenceOfRows.ts";

/** Errors are sent as plain objects, because messages between threads lose their class. */
export type ReferenceResult =
  | { readonly reference: Reference }
  | {
      readonly error: {
        readonly kind: ErrorKind;
        readonly message: string;
        readonly hint: string | undefined;
        readonly details: readonly string[];
      };
    };

// Any error that is not an MlctlError ends the thread and arrives as its "error" event.
referenceOfFiles(workerData as ReferenceFiles).then(
  (reference) => post({ reference }),
  (error: unknown) => {
    if (!(error instanceof MlctlError)) throw error;
    const { kind, message, hint, details } = error;
    post({ error: { kind, message, hint, details } });
  },
);

function post(result: ReferenceResult): void {
  parentPort?.postMessage(result, []);
}
