/** Context: the clock, the way out and the ear that every step is given. */

/** What a step tells while it works; the terminal draws it, other callers may ignore it. */
export type ProgressEvent =
  | { readonly type: "stage"; readonly stage: string; readonly message: string }
  | {
      readonly type: "progress";
      readonly stage: string;
      readonly done: number;
      readonly total?: number;
      readonly unit: string;
      /** What is known so far, e.g. the best of a search. */
      readonly note?: string;
    }
  | { readonly type: "warning"; readonly stage: string; readonly message: string; readonly hint?: string };

export interface Context {
  readonly now: () => Date;
  readonly signal: AbortSignal;
  readonly emit: (event: ProgressEvent) => void;
}
