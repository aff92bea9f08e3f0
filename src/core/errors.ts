/** Errors that a user can act on, and their exit codes. */

export const exitCodes = {
  failure: 1,
  usage: 2,
  data: 3,
  notReady: 4,
  gate: 10,
  drift: 11,
  quality: 12,
  performance: 13,
  notEnoughData: 14,
  busy: 75,
  interrupted: 130,
  terminated: 143,
} as const;

export type ErrorKind = keyof typeof exitCodes;

/** An error that the user can act on. Anything else that reaches `main` is a bug in mlctl. */
export class MlctlError extends Error {
  override readonly name = "MlctlError";
  readonly kind: ErrorKind;
  readonly hint: string | undefined;
  /** All findings of one check (e.g. every error in config.json), one line each. */
  readonly details: readonly string[];

  constructor(
    kind: ErrorKind,
    message: string,
    options: { hint?: string | undefined; cause?: unknown; details?: readonly string[] } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.kind = kind;
    this.hint = options.hint;
    this.details = options.details ?? [];
  }

  get exitCode(): number {
    return exitCodes[this.kind];
  }
}

/** An error of kind "data" about one of the rows that a model is fitted on. */
export class RowError extends MlctlError {
  readonly row: number;
  private readonly describe: (place: string) => string;

  constructor(row: number, describe: (place: string) => string, { hint }: { hint?: string } = {}) {
    super("data", describe(`row ${row + 1}`), { hint });
    this.row = row;
    this.describe = describe;
  }

  /** The same error for a reader who has the dataset. @param row position in the dataset, from 0 */
  inDataset(row: number): MlctlError {
    return new MlctlError("data", this.describe(`data row ${row + 1}`), { hint: this.hint, cause: this });
  }
}

/** Handles an MlctlError in a `catch`, if `kinds` are given, of one of them. Any other error is thrown again. */
export function recover<T>(handle: (error: MlctlError) => T, ...kinds: readonly ErrorKind[]): (error: unknown) => T {
  return (error) => {
    if (error instanceof MlctlError && (kinds.length === 0 || kinds.includes(error.kind))) return handle(error);
    throw error;
  };
}

/** The result of `work`, or what `handle` makes of its MlctlError, see recover: undefined, if it is left out. */
export function attempt<T, U = undefined>(
  work: () => T,
  handle?: (error: MlctlError) => U,
  ...kinds: readonly ErrorKind[]
): T | U {
  try {
    return work();
  } catch (error) {
    return recover((known) => handle?.(known) as U, ...kinds)(error);
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
