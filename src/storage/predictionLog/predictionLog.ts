/** The prediction log of a process: queues rows in memory until the next flush; a worker thread writes them. */
import { setTimeout as sleep } from "node:timers/promises";
import type { LoggedPrediction, PredictionLog } from "../../core/records/predictionLog.ts";
import { workerThread } from "../../core/workerThread.ts";
import {
  loggedRow,
  type LoggedRow,
  type Retention,
  type WriterOptions,
  type WriterReply,
  type WriterRequest,
  type LogPlace,
  predictionLogPath,
} from "./logReader.ts";

export interface PredictionLogOptions {
  readonly place: LogPlace;
  readonly flushMs: number;
  /** Maximum number of waiting rows; more are dropped. */
  readonly queueRows: number;
  readonly retention: Retention;
  /** Called when a trouble begins, when it begins to lose rows, and when it ends (see PredictionLogStats). */
  readonly changed?: () => void;
}

/** Maximum rows of a batch, so that a transaction takes only some milliseconds. */
const BATCH_ROWS = 5000;
/** Maximum characters of the queued inputs, because rows may be long. */
const QUEUE_CHARACTERS = 1 << 26;
/** Wait after a failure, so that a full disk is not retried at every flush. */
const RETRY_MILLISECONDS = 500;
/** Maximum wait of close() for a batch, so that a hanging disk or network does not keep the process from ending. */
const CLOSE_MILLISECONDS = 5000;

/** Opens nothing yet: the first row creates the log. */
export const predictionLog = (options: PredictionLogOptions): PredictionLog => new ThreadedLog(options);

class ThreadedLog implements PredictionLog {
  readonly #options: PredictionLogOptions;
  readonly #name: string;
  readonly #thread: ReturnType<typeof workerThread<WriterRequest, WriterReply>>;
  /** Rows leave it once the thread has replied. */
  #queue: LoggedRow[] = [];
  #queuedCharacters = 0;
  /** The batch on its way; true if it was written. */
  #sending: Promise<boolean> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #accepted = 0;
  #written = 0;
  #refused = 0;
  #dropped = 0;
  #late = 0;
  #lastError: string | null = null;
  #trouble: string | null = null;
  /** The trouble has lost rows. */
  #loses = false;
  /** The trouble ends once this number of rows is written or refused; null while it goes on. */
  #lateUpTo: number | null = null;
  #isClosed = false;

  constructor(options: PredictionLogOptions) {
    this.#options = options;
    const { place, retention } = options;
    this.#name = place.shared?.shown ?? predictionLogPath(place.database);
    this.#thread = workerThread({
      file: "dist/app/writerThread.js",
      exited: "the writer thread of the prediction log ended",
      workerData: { place, retention } satisfies WriterOptions,
    });
  }

  append(predictions: readonly LoggedPrediction[]): void {
    for (const entry of predictions) {
      const isFull = this.#queue.length >= this.#options.queueRows || this.#queuedCharacters >= QUEUE_CHARACTERS;
      if (this.#isClosed || isFull) {
        this.#dropped++;
        this.#noteTrouble(this.#trouble ?? `${this.#name} is not written fast enough`, true);
        continue;
      }
      try {
        const row = loggedRow(entry);
        this.#queue.push(row);
        this.#queuedCharacters += row[4].length;
        this.#accepted++;
      } catch (error) {
        this.#dropped++;
        this.#lastError = `row ${entry.predictionId}: ${String(error)}`;
        this.#noteTrouble(this.#lastError, true);
      }
    }
    if (this.#lastError === null) this.#next();
    else if (this.#queue.length > 0) this.#wake(this.#options.flushMs);
  }

  /** Does not wait for the retry after a failure, because a disk may stay full for days; stats() reports the error. */
  async flush(): Promise<void> {
    const upTo = this.#accepted;
    while (this.#queue.length > 0 && this.#settled() < upTo && (await this.#send()));
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    // A slow log gets as long as it makes progress.
    for (let before = -1; this.#queue.length > 0 && this.#settled() > before;) {
      before = this.#settled();
      await withinTime(this.flush());
    }
    if (this.#queue.length > 0) this.#trouble ??= `${this.#name} did not respond within ${CLOSE_MILLISECONDS / 1000} s`;
    this.#dropped += this.#queue.length;
    this.#queue = [];
    this.#stopTimer();
    if (this.#thread.isRunning()) await withinTime(this.#thread.request({ rows: null }).catch(() => {}));
    await this.#thread.end();
  }

  stats() {
    return {
      queued: this.#queue.length,
      written: this.#written,
      dropped: this.#dropped,
      late: this.#late,
      lastError: this.#lastError,
      trouble: this.#trouble,
    };
  }

  #noteTrouble(reason: string, loses: boolean): void {
    const isNews = this.#trouble === null || (loses && !this.#loses);
    this.#trouble = reason;
    this.#loses ||= loses;
    this.#lateUpTo = null;
    if (isNews) this.#options.changed?.();
  }

  /** Once the rows that had to wait are written. */
  #endTrouble(): void {
    if (this.#trouble === null) return;
    this.#lateUpTo ??= this.#accepted;
    if (this.#settled() < this.#lateUpTo) return;
    this.#trouble = null;
    this.#loses = false;
    this.#options.changed?.();
  }

  #settled(): number {
    return this.#written + this.#refused;
  }

  #wake(after: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#send();
    }, after);
    // A failing disk must not keep the process alive.
    if (this.#lastError === null) this.#timer.ref();
    else this.#timer.unref();
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #next(): void {
    if (this.#queue.length >= BATCH_ROWS) void this.#send();
    else if (this.#queue.length > 0) this.#wake(this.#options.flushMs);
  }

  /** Sends one batch at a time; a failed one is sent again. @returns whether it was written */
  #send(): Promise<boolean> {
    this.#stopTimer();
    return (this.#sending ??= this.#sendBatch().then((isWritten) => {
      this.#sending = undefined;
      if (isWritten) this.#next();
      else if (!this.#isClosed) this.#wake(RETRY_MILLISECONDS);
      return isWritten;
    }));
  }

  async #sendBatch(): Promise<boolean> {
    const rows = this.#queue.slice(0, BATCH_ROWS);
    if (rows.length === 0) return true;
    const reply = await this.#thread.request({ rows }).catch(asReply);
    // close() has given up.
    if (this.#queue.length === 0) return false;
    if ("error" in reply) {
      this.#lastError = reply.error;
      this.#noteTrouble(reply.error, false);
      return false;
    }
    for (const row of this.#queue.splice(0, rows.length)) this.#queuedCharacters -= row[4].length;
    this.#written += reply.written;
    this.#refused += reply.refused;
    this.#dropped += reply.refused;
    this.#lastError = reply.problem;
    if (this.#trouble !== null) this.#late += reply.written;
    if (reply.problem === null) this.#endTrouble();
    else this.#noteTrouble(reply.problem, true);
    return true;
  }
}

function asReply(error: unknown): WriterReply {
  return { error: String(error) };
}

async function withinTime(work: Promise<unknown>): Promise<void> {
  const done = new AbortController();
  const late = sleep(CLOSE_MILLISECONDS, undefined, { signal: done.signal }).catch(() => {});
  await Promise.race([work, late]);
  done.abort();
}
