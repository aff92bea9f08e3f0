/** Logged predictions as rows to monitor. */
import { categoryColumn, type Column, type Table } from "../../core/table/table.ts";
import { MlctlError } from "../../core/errors.ts";
import type { Model } from "../../core/records/model.ts";
import type { Prediction } from "../../core/metric.ts";
import { applyThreshold } from "../../pipeline/predict/predictor.ts";
import { cellParserOf } from "../../pipeline/rows/conformTable.ts";
import type { LogColumns, LogReader } from "../../storage/predictionLog/logReader.ts";
import type { LoadedModel } from "../loadModel.ts";
import type { NeededOfLog } from "./monitorWindows.ts";
import type { Session } from "../session.ts";

/** Name of the log's time column. It starts with a space so that it cannot clash with a column of the data. */
const LOGGED_AT = " answered at";

/** Maximum number of logged predictions to judge, newest first. A million takes about 2 GB. */
const MAX_LOGGED = 500_000;

/** @throws {MlctlError} kind "notReady" if nothing was logged */
export async function rowsOfLog(
  { context }: Pick<Session, "context">,
  log: LogReader,
  { model, run }: LoadedModel,
  { from: since, until, newest = MAX_LOGGED }: NeededOfLog,
) {
  const asked = { since, until, runId: run?.runId, forecasts: false };
  const logged = await log.columns({ ...asked, limit: Math.min(newest, MAX_LOGGED) });
  if (logged.at.length === MAX_LOGGED) {
    const { predictions } = await log.count(asked);
    const message = `only the newest ${MAX_LOGGED} of ${predictions} logged predictions are judged`;
    const hint = 'set "monitor.window" in config.json, such as "week", or use --since and --until';
    if (predictions > MAX_LOGGED) context.emit({ type: "warning", stage: "monitor", message, hint });
  }
  if (logged.at.length === 0) {
    const which = run === null ? "" : ` of run ${run.runId}`;
    throw new MlctlError("notReady", `no predictions${which} have been logged`, {
      hint: "`mlctl serve` logs its predictions; or pass files: `mlctl monitor new.csv`",
    });
  }
  const predictions = loggedPredictions(logged, model);
  const table = tableOfLog(logged, model);
  return {
    source: "predictions" as const,
    name: "predictions",
    file: null,
    table,
    timeColumn: LOGGED_AT,
    predictions,
    trained: null,
  };
}

/** Logged inputs as a table. Columns with any non-number become categories; labels get the name of the target. */
function tableOfLog({ at, label, inputs }: LogColumns, { signature }: Model): Table {
  const names = new Set<string>();
  for (const row of inputs) for (const name of Object.keys(row)) names.add(name);
  names.delete(signature.target.name);
  const missing = new Set<unknown>([...signature.reading.nullValues, undefined]);
  const numbers = new Set(signature.inputs.flatMap(({ name, kind }) => (kind === "number" ? [name] : [])));
  const columns = [...names].map((name) => {
    const read = numbers.has(name) ? numberReader(signature, name) : (value: Logged) => value;
    const values = inputs.map((row) => {
      const value = Object.hasOwn(row, name) ? row[name]! : null;
      return missing.has(value) ? null : read(value);
    });
    return columnOf(name, values);
  });
  const times: Column = { kind: "date", name: LOGGED_AT, values: Float64Array.from(at) };
  return { rowCount: at.length, columns: [...columns, columnOf(signature.target.name, label), times] };
}

type Logged = string | number | boolean | null;

/** Reads text as the model does: some callers send "1.234,5", others 1234.5. What is no number stays text. */
function numberReader(signature: Model["signature"], name: string): (value: Logged) => Logged {
  const parse = cellParserOf(signature, name, "number");
  return (value) => {
    const number = typeof value === "string" ? parse(value) : undefined;
    return number === undefined ? value : Number.isNaN(number) ? null : number;
  };
}

function columnOf(name: string, values: readonly Logged[]): Column {
  if (values.every((value) => value === null || typeof value === "number")) {
    return { kind: "number", name, values: Float64Array.from(values, (value) => value ?? NaN) };
  }
  const texts = values.map((value) => (value === null ? null : String(value)));
  return categoryColumn(name, texts);
}

/** Undefined for multiclass: the log has only the probability of the predicted class, so the model predicts again. */
function loggedPredictions({ prediction, probability }: LogColumns, model: Model): Prediction | undefined {
  const { task, classes = [] } = model.signature.target;
  if (task === "multiclass") return undefined;
  if (task === "regression")
    return { yPred: Float64Array.from(prediction, (value) => Number(value ?? NaN)), probabilities: null };
  const probabilities = Float64Array.from(probability, (value) => value ?? NaN);
  // The model is judged by its own threshold, whichever a caller of serve asked for.
  const { yPred } = applyThreshold(probabilities, { task, classCount: 2, threshold: model.threshold });
  return {
    yPred: yPred.map((code, row) => (classes.includes(String(prediction[row])) ? code : NaN)),
    probabilities,
  };
}
