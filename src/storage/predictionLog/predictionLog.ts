/** The prediction log of a process: rows wait in memory for the next flush, and a thread of its own writes them. */
import { Worker } from "node:worker_threads";
import { endThreads } from "../../core/nativeOpening.ts";
import type { LoggedPrediction, PredictionLog } from "../../core/records/predictionLog.ts";
import { loggedRow, type LoggedRow, type Retention, type WriterAnswer, type WriterOptions } from "./loggedRow.ts";
import { projectRoot } from "../../core/projectRoot.ts";

export interface PredictionLogOptions {
  readonly path: string;
  /** Milliseconds until a row is handed to the disk. */
  readonly flushMs: number;
  /** Rows that may wait; more are dropped. */
  readonly queueRows: number;
  readonly retention: Retention;
}

/** Of a batch: a transaction of some milliseconds. */
const BATCH_ROWS = 5000;
/** Rows may be long: what waits is bounded in signs as well. */
const QUEUE_SIGNS = 1 << 26;
/** After a failure, so that a disk that is full is not asked at every flush. */
const RETRY_MILLISECONDS = 500;
/** A disk that does not answer must not keep the process from ending. */
const CLOSE_MILLISECONDS = 5000;

/** Only compiled code runs in a thread; tests run the sources, with the build beside them. */
const threadUrl = new URL("dist/storage/predictionLog/writerThread.js", projectRoot);

/** Opens nothing yet: the file is made with the first row. */
export function predictionLog(options: PredictionLogOptions): PredictionLog {
  return new ThreadedLog(options);
}

class ThreadedLog implements PredictionLog {
  readonly #options: PredictionLogOptions;
  #worker: Worker | undefined;
  #queue: LoggedRow[] = [];
  #queuedSigns = 0;
  /** With the thread, until it says what became of them. */
  #sent: readonly LoggedRow[] = [];
  #isWaiting = false;
  #timer: NodeJS.Timeout | undefined;
  #accepted = 0;
  #written = 0;
  #refused = 0;
  #dropped = 0;
  #lastError: string | null = null;
  #isClosed = false;
  #listeners: { readonly upTo: number; readonly resolve: () => void }[] = [];

  constructor(options: PredictionLogOptions) {
    this.#options = options;
  }

  append(predictions: readonly LoggedPrediction[]): void {
    for (const entry of predictions) {
      if (this.#isClosed || this.#waiting() >= this.#options.queueRows || this.#queuedSigns >= QUEUE_SIGNS) {
        this.#dropped++;
        continue;
      }
      const row = rowOrProblem(entry);
      if (typeof row === "string") {
        this.#dropped++;
        this.#lastError = row;
        continue;
      }
      this.#queue.push(row);
      this.#queuedSigns += row[4].length;
      this.#accepted++;
    }
    if (this.#queue.length >= BATCH_ROWS && this.#lastError === null) this.#send();
    else if (this.#queue.length > 0) this.#wake(this.#options.flushMs);
  }

  flush(): Promise<void> {
    const done = new Promise<void>((resolve) => void this.#listeners.push({ upTo: this.#accepted, resolve }));
    this.#send();
    this.#tell();
    return done;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await withinTime(this.flush());
    this.#dropped += this.#waiting();
    this.#queue = [];
    this.#queuedSigns = 0;
    this.#sent = [];
    this.#stopTimer();
    const worker = this.#worker;
    this.#worker = undefined;
    if (worker === undefined) return;
    const ended = new Promise<void>((resolve) => void worker.once("exit", () => resolve()));
    worker.ref();
    worker.postMessage({ end: true }, []);
    await withinTime(ended);
    await endThreads(() => worker.terminate());
  }

  stats() {
    return {
      queued: this.#waiting(),
      written: this.#written,
      dropped: this.#dropped,
      lastError: this.#lastError,
    };
  }

  #waiting(): number {
    return this.#queue.length + this.#sent.length;
  }

  #wake(after: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#send();
    }, after);
    // A disk that refuses does not keep the process alive.
    if (this.#lastError === null) this.#timer.ref();
    else this.#timer.unref();
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** One batch at a time: the next follows when the thread has answered. A batch that failed is sent again. */
  #send(): void {
    if (this.#isWaiting) return;
    this.#stopTimer();
    if (this.#sent.length === 0) {
      this.#sent = this.#queue.splice(0, BATCH_ROWS);
      if (this.#sent.length === 0) return;
    }
    try {
      this.#worker ??= this.#start();
      this.#worker.ref();
      this.#worker.postMessage({ rows: this.#sent }, []);
      this.#isWaiting = true;
    } catch (error) {
      this.#failed(String(error));
    }
  }

  #start(): Worker {
    const { path, retention } = this.#options;
    const workerData: WriterOptions = { path, retention };
    // Flags of the process (--input-type, --import) are not for it. Its streams are not piped to ours: should anything
    // be printed after all, stdout stays clean.
    const worker = new Worker(threadUrl, { stdout: true, stderr: true, execArgv: [], workerData });
    const gone = (reason: string): void => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      this.#failed(reason);
    };
    worker.on("message", (answer: WriterAnswer) => this.#answered(answer));
    worker.on("error", (error) => gone(String(error)));
    worker.on("exit", (code) => gone(`the thread of the prediction log ended with code ${code}`));
    return worker;
  }

  #answered(answer: WriterAnswer): void {
    if ("error" in answer) return this.#failed(answer.error);
    this.#isWaiting = false;
    this.#worker?.unref();
    for (const row of this.#sent) this.#queuedSigns -= row[4].length;
    this.#sent = [];
    this.#written += answer.written;
    this.#refused += answer.refused;
    this.#dropped += answer.refused;
    this.#lastError = answer.problem;
    this.#tell();
    if (this.#queue.length >= BATCH_ROWS || this.#listeners.length > 0) this.#send();
    else if (this.#queue.length > 0) this.#wake(this.#options.flushMs);
  }

  #failed(reason: string): void {
    this.#isWaiting = false;
    this.#worker?.unref();
    this.#lastError = reason;
    // Whoever waits is told by stats(): a disk that is full may stay so for days.
    for (const { resolve } of this.#listeners.splice(0)) resolve();
    if (!this.#isClosed) this.#wake(RETRY_MILLISECONDS);
  }

  /** Those whose rows are all settled need not wait any longer. */
  #tell(): void {
    const settled = this.#written + this.#refused;
    const waiting = this.#listeners.filter(({ upTo }) => upTo > settled);
    const done = this.#listeners.filter(({ upTo }) => upTo <= settled);
    this.#listeners = waiting;
    for (const { resolve } of done) resolve();
  }
}

function rowOrProblem(entry: LoggedPrediction): LoggedRow | string {
  try {
    return loggedRow(entry);
  } catch (error) {
    return `row ${entry.predictionId}: ${String(error)}`;
  }
}

async function withinTime(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, CLOSE_MILLISECONDS)));
  await Promise.race([work, late]);
  clearTimeout(timer);
}
