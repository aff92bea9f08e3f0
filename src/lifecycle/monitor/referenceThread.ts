/** The thread that reads a reference while the rows to be judged are read and answered. */
import { parentPort, workerData } from "node:worker_threads";
import { MlctlError, type ErrorKind } from "../../core/errors.ts";
import type { Reference } from "../../core/records/reference.ts";
import { referenceOfFiles, type ReferenceFiles } from "./referenceOfRows.ts";

/** Classes do not survive the way between threads. */
export type ReferenceAnswer =
  | { readonly reference: Reference }
  | {
      readonly error: {
        readonly kind: ErrorKind;
        readonly message: string;
        readonly hint: string | undefined;
        readonly details: readonly string[];
      };
    };

// What is no error of the user ends the thread, and is told by its "error" event.
referenceOfFiles(workerData as ReferenceFiles).then(
  (reference) => tell({ reference }),
  (error: unknown) => {
    if (!(error instanceof MlctlError)) throw error;
    const { kind, message, hint, details } = error;
    tell({ error: { kind, message, hint, details } });
  },
);

function tell(answer: ReferenceAnswer): void {
  parentPort?.postMessage(answer, []);
}
