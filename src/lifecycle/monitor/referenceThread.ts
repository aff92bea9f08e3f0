/** Thread that computes a reference while the main thread reads and predicts the rows to monitor. */
import { MlctlError } from "../../core/errors.ts";
import type { Reference } from "../../core/records/model.ts";
import { replyToRequests } from "../../core/workerThread.ts";
import { referenceOfFiles, type ReferenceFiles } from "./referenceOfRows.ts";

/** Errors are sent as plain objects, because messages between threads lose their class. */
export type ReferenceResult =
  { readonly reference: Reference } | { readonly error: Pick<MlctlError, "kind" | "message" | "hint" | "details"> };

replyToRequests<ReferenceFiles, ReferenceResult>((files) =>
  referenceOfFiles(files).then(
    (reference) => ({ reference }),
    (error: unknown) => {
      if (!(error instanceof MlctlError)) throw error;
      const { kind, message, hint, details } = error;
      return { error: { kind, message, hint, details } };
    },
  ),
);
