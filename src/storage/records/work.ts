/** Work that a command shares with the workers of its workspace: through the queue of its database. */

/** A part of the work, as somebody took it to do it. */
export interface TakenTask {
  readonly id: string;
  /** Grows each time it is taken; a result of an earlier attempt does not count. */
  readonly retryCount: number;
  readonly bytes: Buffer;
}

export interface NewTask {
  /** For people: "xgboost, fold 2". */
  readonly title: string;
  readonly bytes: Buffer;
}

export interface LivingWorker {
  readonly host: string;
  readonly pid: number;
  readonly threads: number;
  /** Of mlctl and what it computes with; see `computeVersion`. */
  readonly version: string;
  readonly since: string;
  readonly tasks: readonly string[];
}

/** Results that came since the last call, by task. */
export interface Progress {
  readonly done: ReadonlyMap<string, Buffer>;
  /** Tasks that no worker could do. */
  readonly failed: readonly string[];
}

/** Where the bytes of offers are: in the bucket where there is one, else in the database. */
export interface WorkBytes {
  put(offer: string, bytes: Buffer): Promise<void>;
  /** Undefined where there are none. */
  get(offer: string): Promise<Buffer | undefined>;
  remove(offer: string): Promise<void>;
}
