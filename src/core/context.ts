/** Clock, abort signal and progress listener passed to every step. */

/** What a step reports while it runs. The terminal draws it; other callers may ignore it. */
export type ProgressEvent =
  | { readonly type: "stage"; readonly stage: string; readonly message: string }
  | {
      readonly type: "progress";
      readonly stage: string;
      readonly done: number;
      readonly total?: number;
      readonly unit: string;
      readonly note?: string;
    }
  | {
      readonly type: "warning";
      readonly stage: string;
      readonly message: string;
      readonly hint?: string;
      /** Shown even if the same text was shown before. */
      readonly again?: boolean;
    };

export interface Context {
  readonly now: () => Date;
  readonly signal: AbortSignal;
  readonly emit: (event: ProgressEvent) => void;
  /** Until the returned function is called, the next Ctrl-C calls `end` first; true: it was enough. */
  readonly onceInterrupted?: (end: () => boolean) => () => void;
}
