/** Answers a whole file: its rows with their predictions, or every reason why it cannot be answered. */
import { Writable } from "node:stream";
import { MlctlError } from "../../core/errors.ts";
import type { Json } from "../../core/json.ts";
import type { InputRow } from "../../data/rowBatch.ts";
import { predictor } from "../../pipeline/predict/predictor.ts";
import { answerRows, type AnsweredBatch } from "./answerRows.ts";
import { fileRows, type FileToRead } from "./fileRows.ts";
import type { LoadedModel } from "../loadModel.ts";
import { rowLog, type RowLogOptions } from "./rowLog.ts";
import { rowSink } from "./rowSink.ts";
import type { Session } from "../session.ts";
import { selectedInputs } from "./selectedInputs.ts";

export interface AnswerFileOptions extends FileToRead {
  readonly output: string;
  readonly responseKey: string;
  /** Where rows go that get no answer; null: a row that cannot be read is an error. */
  readonly rejectFile: string | null;
  /** Null: the prediction log is not written. */
  readonly log: RowLogOptions | null;
}

export interface AnsweredFile {
  readonly rows: number;
  readonly rejected: number;
  /** Rows in the prediction log; null where none was asked for. */
  readonly logged: number | null;
  /** What was odd, grouped, each with its first line. */
  readonly warnings: readonly string[];
}

/** So many bad rows are named; the others are counted. */
const NAMED_ROWS = 20;

/**
 * The same reading, checks and numbers as `mlctl predict`; memory grows with JSON and Parquet only. The output is there
 * once it is complete.
 * @throws {MlctlError} kind "data" with the missing columns, or with all rows that cannot be read
 */
export async function answerFile(
  session: Session,
  loaded: LoadedModel,
  options: AnswerFileOptions,
): Promise<AnsweredFile> {
  const { model } = loaded;
  const { name, rejectFile, responseKey } = options;
  const guard = rejectFile !== null;
  // A file that is refused leaves no row in the log, and only its end says that it is not.
  if (options.log !== null && !guard) await answerFile(session, loaded, { ...options, log: null });
  const answerer = answerRows({
    model,
    predict: predictor(model),
    name,
    guard,
    collect: true,
    answerName: responseKey,
  });
  const out = rowSink(options.output, nowhere, { format: "csv", bareEmpty: true });
  const rejects = guard ? rowSink(rejectFile, nowhere, { format: "csv", bareEmpty: true }) : null;
  const log = options.log === null ? null : rowLog(session, loaded, options.log);
  const bad: string[] = [];
  const rows = fileRows(options, model.signature, session.config);
  try {
    for await (const batch of selectedInputs(session, loaded, rows)) {
      const answered = answerer.answer(batch);
      if (answered.rejected.length > 0) {
        await rejects?.write([...batch.columns, "line", "reason"], rejectedRows(answered, batch.columns.length));
        const more = answered.rejected.slice(0, NAMED_ROWS - bad.length);
        bad.push(...more.map(({ row: { line }, reason }) => `line ${line}: ${reason}`));
        // Nothing more is written, but the rows behind are looked at: everything that is wrong is told at once.
        if (!guard) continue;
      }
      const { columns, answers, sources } = log === null ? answered : await log.add(answered);
      await out.write(columns, answers, sources);
    }
    if (!guard && bad.length > 0) throw unanswerable(name, bad, answerer.rejected());
    await out.close();
    if (answerer.rejected() > 0) await rejects?.close();
    else await rejects?.abandon();
  } catch (error) {
    await Promise.all([out.abandon(), rejects?.abandon(), log?.close()]);
    throw error;
  }
  const { logged = null, problem = null } = (await log?.close()) ?? {};
  const warnings = [...answerer.warnings(), ...(problem === null ? [] : [problem])];
  return { rows: answerer.rows(), rejected: answerer.rejected(), logged, warnings };
}

/** Output goes to files only. */
const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });

function unanswerable(name: string, bad: readonly string[], count: number): MlctlError {
  const more = count > bad.length ? [`and ${count - bad.length} more rows`] : [];
  const rows = `${count} ${count === 1 ? "row" : "rows"} cannot be answered, first: ${bad[0]}`;
  return new MlctlError("data", `${name}: ${rows}`, {
    details: count === 1 ? [] : [...bad, ...more],
    hint: "correct them and drop the file again; `watch.guard` sets such rows aside and answers the others",
  });
}

function rejectedRows({ rejected }: AnsweredBatch, width: number): (readonly Json[])[] {
  return rejected.map(({ row, reason }) => [...cellsOf(row, width), row.line, reasonOf(row, reason, width)]);
}

function cellsOf({ values }: InputRow, width: number): Json[] {
  return Array.from({ length: width }, (_, i) => values[i] ?? null);
}

function reasonOf({ values }: InputRow, reason: string, width: number): string {
  return values.length > width ? `${reason}; beyond the header: ${JSON.stringify(values.slice(width))}` : reason;
}
