/** Work that a command shares with the workers of its workspace: through the queue of its database. */

/** A part of the work, as somebody took it to do it. */
export interface TakenTask {
  readonly id: string;
  /** Grows each time it is taken; a result of an earlier attempt does not count. */
  readonly retryCount: number;
  /** As it was given to `add`. */
  readonly bytes: Buffer;
}

export interface NewTask {
  /** For people: "xgboost, fold 2". */
  readonly title: string;
  readonly bytes: Buffer;
}

/** A living `mlctl worker` of this workspace. */
export interface LivingWorker {
  readonly host: string;
  readonly pid: number;
  readonly threads: number;
  /** Of mlctl and what it computes with; see `computeVersion`. */
  readonly version: string;
  readonly since: string;
  /** Titles of its tasks. */
  readonly tasks: readonly string[];
}

/** Results that came since the last call, by task. */
export interface Progress {
  readonly done: ReadonlyMap<string, Buffer>;
  /** Tasks that no worker could do. */
  readonly failed: readonly string[];
}

/**
 * An offer is the work of one command: its bytes, which each worker gets once, and a queue of tasks. It ends with the
 * command that made it. Every method throws MlctlError, kind "failure", where the database cannot be reached.
 */
export interface WorkQueue {
  /** Connects. */
  open(): Promise<void>;
  /** Keeps the bytes and returns the name of the offer. */
  offer(bytes: Buffer): Promise<string>;
  /** Offers of living commands with the same version. Removes what commands that were killed left behind. */
  offers(): Promise<readonly string[]>;
  /** The bytes of an offer, checked. */
  bytesOf(offer: string): Promise<Buffer>;
  /** @returns the ids of the tasks */
  add(offer: string, tasks: readonly NewTask[]): Promise<readonly string[]>;
  take(offer: string, count: number): Promise<readonly TakenTask[]>;
  /** Nothing happens if the task was taken back meanwhile, or the offer has ended. */
  finish(offer: string, task: TakenTask, result: Buffer): Promise<void>;
  /** Another worker may try it. */
  giveUp(offer: string, task: TakenTask, reason: string): Promise<void>;
  /** Removes tasks of this offer. */
  remove(offer: string, ids: readonly string[]): Promise<void>;
  /** For the command that offers: takes back the tasks of workers that died. @param posted tasks that others may do */
  progress(offer: string, posted: ReadonlySet<string>): Promise<Progress>;
  /** Removes all that is left of an offer. */
  end(offer: string): Promise<void>;
  workers(): Promise<readonly LivingWorker[]>;
  close(): Promise<void>;
}

/** Where the bytes of offers are: in the bucket where there is one, else in the database. */
export interface WorkBytes {
  put(offer: string, bytes: Buffer): Promise<void>;
  /** Undefined where there are none. */
  get(offer: string): Promise<Buffer | undefined>;
  remove(offer: string): Promise<void>;
}
