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
      /** An interim result, e.g. the best trial of a search. */
      readonly note?: string;
    }
  | {
      readonly type: "warning";
      readonly stage: string;
      readonly message: string;
      readonly hint?: string;
      /** True: shown even if the same text was shown before, because it happened again. */
      readonly again?: boolean;
    };

export interface Context {
  readonly now: () => Date;
  readonly signal: AbortSignal;
  readonly emit: (event: ProgressEvent) => void;
  /**
   * Until the returned function is called, the next Ctrl-C calls `end` instead of stopping the command, unless that
   * returns false.
   */
  readonly onceInterrupted?: (end: () => boolean) => () => void;
}
