/** Entry point of the thread that writes the prediction log: receives batches and replies to each. */
import { workerData } from "node:worker_threads";
import { replyToRequests } from "../../core/workerThread.ts";
import type { SqliteDatabase } from "../sqlite/sqlite.ts";
import { batchWriter, type BatchWriter } from "./batchWriter.ts";
import type { WriterReply, WriterOptions, WriterRequest } from "./loggedRow.ts";
import { logFailure, openLogDatabase } from "./openLogDatabase.ts";

/** Long enough for the transactions of other processes, short enough to report a lock that stays. */
const LOCK_MILLISECONDS = 2000;

const { path, retention } = workerData as WriterOptions;
let open: { readonly database: SqliteDatabase; readonly writer: BatchWriter } | undefined;

/** Reopens the log after each failure, because the disk may be back or the file may have been moved. */
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

replyToRequests<WriterRequest, WriterReply>(({ rows }) => {
  try {
    if (rows !== null) return writer()(rows);
    close();
    return { written: 0, refused: 0, problem: null };
  } catch (error) {
    close();
    const failure = logFailure(error, path) ?? error;
    return { error: failure instanceof Error ? failure.message : String(failure) };
  }
});
