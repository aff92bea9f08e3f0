/** Entry of the thread that writes the prediction log: batches in, what became of each out. */
import { parentPort, workerData } from "node:worker_threads";
import type { SqliteDatabase } from "../sqlite/sqlite.ts";
import { batchWriter, type BatchWriter } from "./batchWriter.ts";
import type { WriterAnswer, WriterOptions, WriterRequest } from "./loggedRow.ts";
import { logFailure, openLogDatabase } from "./openLogDatabase.ts";

/** Long enough for the transactions of other processes, short enough to be told of a lock that stays. */
const LOCK_MILLISECONDS = 2000;

const { path, retention } = workerData as WriterOptions;
let open: { readonly database: SqliteDatabase; readonly writer: BatchWriter } | undefined;

/** Opened anew after each failure: the disk may be back, the file moved away. */
function writer(): BatchWriter {
  if (open === undefined) {
    const database = openLogDatabase(path, { timeoutMs: LOCK_MILLISECONDS });
    open = { database, writer: batchWriter(database, retention) };
  }
  return open.writer;
}

function close(): void {
  const closing = open;
  open = undefined;
  closing?.database.close();
}

function answer(request: Extract<WriterRequest, { rows: unknown }>): WriterAnswer {
  try {
    return writer().write(request.rows);
  } catch (error) {
    close();
    const failure = logFailure(error, path) ?? error;
    return { error: failure instanceof Error ? failure.message : String(failure) };
  }
}

parentPort?.on("message", (request: WriterRequest) => {
  if ("end" in request) {
    close();
    parentPort?.close();
  } else parentPort?.postMessage(answer(request), []);
});
