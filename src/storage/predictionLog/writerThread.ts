/** Entry point of the thread that writes the prediction log: receives batches and replies to each. */
import { workerData } from "node:worker_threads";
import { replyToRequests } from "../../core/workerThread.ts";
import { sqliteFailure } from "../sqlite/failure.ts";
import { logSchema, sqliteWriter } from "./openLogDatabase.ts";
import {
  type LogWriter,
  type WriterReply,
  type WriterOptions,
  type WriterRequest,
  predictionLogPath,
} from "./logReader.ts";
import { postgresWriter } from "./postgresWriter.ts";

const { place, retention } = workerData as WriterOptions;
const path = predictionLogPath(place.database);
let open: LogWriter | undefined;

/** Reopens the log after each failure, because the disk or the server may be back, or the file may have been moved. */
async function writer(): Promise<LogWriter> {
  return (open ??=
    place.shared === undefined ? sqliteWriter(path, retention) : await postgresWriter(place.shared, retention));
}

function close(): void {
  const closing = open;
  open = undefined;
  closing?.close();
}

replyToRequests<WriterRequest, WriterReply>(async ({ rows }) => {
  try {
    if (rows !== null) return await (await writer()).write(rows);
    close();
    return { written: 0, refused: 0, problem: null };
  } catch (error) {
    close();
    const failure = sqliteFailure(error, logSchema(path)) ?? error;
    return { error: failure instanceof Error ? failure.message : String(failure) };
  }
});
