/** Predicts the rows of requests with one model: compiled once for each deployment. */
import type { Config } from "../../config/schema/schema.ts";
import { attempt } from "../../core/errors.ts";
import type { LoggedPrediction, PredictionLog } from "../../core/records/predictionLog.ts";
import type { Model } from "../../core/records/model.ts";
import type { Table } from "../../core/table/table.ts";
import { messagesByRow, type RowFinding } from "../../lifecycle/predict/checkRows.ts";
import { predictRows, type CheckedSeries, type ContinueSeries } from "../../lifecycle/predict/continueSeries.ts";
import type { RowSelector } from "../../lifecycle/predict/inputStream.ts";
import { applyThreshold } from "../../pipeline/predict/predictor.ts";
import { NOT_FINITE, predictedValues } from "../../lifecycle/predict/predictedValues.ts";
import type { ServedModel } from "../../lifecycle/predict/servedModel.ts";
import { HttpProblem, problemFrom } from "../http/problem.ts";
import type { RequestRow } from "./requestRows.ts";
import { limitCells, rowCells, selectRequest, type RowCells } from "./rowCells.ts";

type Cells = readonly (readonly unknown[])[];

interface Predicted {
  /** Classes by their label, numbers rounded as `serve.round` has it. */
  readonly values: readonly (string | number)[];
  /** Of the positive class where there are two, else of the predicted one; null in regression. */
  readonly probabilities: readonly number[] | null;
  /** The probabilities of all classes of a row, by code; null in regression. */
  readonly shares: ((row: number) => readonly number[]) | null;
  readonly predictionIds: readonly string[];
}

export interface Predictions extends Predicted {
  readonly warnings: readonly RowFinding[];
  /** The rows as the model reads them. */
  readonly table: Table;
  /** The model that predicted them: it may look back on the rows before each. */
  readonly model: () => Model;
}

export interface RowPrediction {
  readonly value: string | number | null;
  readonly probability: number | null;
  readonly shares: readonly number[] | null;
  readonly predictionId: string | null;
  readonly warning: string | null;
  /** Why there is no prediction. */
  readonly error: string | null;
}

/** Findings about the names of columns, before any value was checked. */
interface Found {
  readonly errors: readonly RowFinding[];
  readonly warnings: readonly RowFinding[];
  /** For the prediction log. */
  readonly requestId?: string | undefined;
  /** Of `served`: for a request whose rows come in several parts. */
  readonly continueSeries?: ContinueSeries;
}

export interface ServedPredictor {
  readonly served: ServedModel;
  readonly inputs: ReadonlySet<string>;
  /** Computes the columns of `ingest.select`; undefined if the model has none. */
  readonly selector: RowSelector | undefined;
  /** @throws {HttpProblem} 422 naming every value that prevents a prediction; a promise only if there is a selector */
  predict(rows: readonly RequestRow[], requestId?: string): Predictions | Promise<Predictions>;
  toCells(rows: readonly RequestRow[]): RowCells | Promise<RowCells>;
  /** The same for cells in the order of the model's columns. @param found findings about names, added to those about values */
  predictCells(cells: Cells, found?: Found): Predictions;
  /** Row by row: a row without a prediction does not affect the others. */
  predictEach(cells: Cells, found?: Found): RowPrediction[];
  /** The same with another threshold for the positive class. @throws {HttpProblem} 400 unless there are two classes */
  at(threshold: number): ServedPredictor;
}

/** What the predictor reports to, and what it needs from the process. */
export interface PredictorTools {
  readonly log: PredictionLog;
  readonly predictionId: () => string;
  readonly now: () => number;
  readonly counted: (values: readonly (string | number)[]) => void;
  readonly selector: RowSelector | undefined;
  /** Of the request, for the prediction log. */
  readonly threshold?: number | null;
}

/** Maximum number of findings in one document; the rest is counted. */
export const MOST_FINDINGS = 100;

const NOTHING: Found = { errors: [], warnings: [] };

export function servedPredictor(served: ServedModel, config: Config, tools: PredictorTools): ServedPredictor {
  const cellsOf = rowCells(served, config);
  const { selector } = tools;
  const toCells: ServedPredictor["toCells"] = (rows) => {
    if (selector === undefined) return cellsOf(rows);
    return selectRequest(rows, selector, { served, config }).then((selected) => {
      const found = cellsOf(selected.rows);
      // What an expression could not compute is no second error.
      const failed = new Set(selected.errors.map(({ row }) => row));
      return { ...found, errors: [...selected.errors, ...found.errors.filter(({ row }) => !failed.has(row))] };
    });
  };
  const check = limitCells(served, config.serve.limits.cell_bytes);
  const valuesOf = servedValues(served, config.serve.round);
  const logged = logEntries(served, tools);
  /** With a function that predicts and logs some of the rows. */
  const read = (cells: Cells, { requestId, continueSeries = served.continueSeries() }: Found) => {
    const checked = continueSeries(check(cells));
    const predictOf = (rows: readonly number[]): Predicted => {
      const predictions = valuesOf(checked, rows);
      const predictionIds = predictions.values.map(tools.predictionId);
      const own = rows.length === cells.length ? cells : rows.map((row) => cells[row]!);
      tools.log.append(logged(own, { ...predictions, predictionIds }, requestId ?? null));
      tools.counted(predictions.values);
      return { ...predictions, predictionIds };
    };
    return { checked, predictOf };
  };
  const predictCells: ServedPredictor["predictCells"] = (cells, found = NOTHING) => {
    const { checked, predictOf } = read(cells, found);
    const { table, errors, warnings, model = () => served.model } = checked;
    if (found.errors.length + errors.length > 0) throw invalidRows([...found.errors, ...errors]);
    const all = found.warnings.length === 0 ? warnings : inRowOrder([...found.warnings, ...warnings]);
    return { ...predictOf([...cells.keys()]), warnings: all, table, model };
  };
  const predicted = (rows: RowCells, requestId: string | undefined): Predictions =>
    predictCells(rows.cells, { ...rows, requestId });
  return {
    served,
    inputs: new Set(served.inputs),
    selector,
    toCells,
    predict(rows, requestId) {
      const cells = toCells(rows);
      return cells instanceof Promise ? cells.then((each) => predicted(each, requestId)) : predicted(cells, requestId);
    },
    predictCells,
    predictEach: (cells, found = NOTHING) => predictEach(read(cells, found), found),
    at: (threshold) =>
      servedPredictor({ ...served, predict: predictAt(served, threshold) }, config, { ...tools, threshold }),
  };
}

/** @param found findings about the names of columns */
function predictEach(
  { checked, predictOf }: { checked: CheckedSeries; predictOf: (rows: readonly number[]) => Predicted },
  found: Found,
): RowPrediction[] {
  const { table, errors, warnings } = checked;
  const errorOf = messagesByRow([...found.errors, ...errors]);
  const warningOf = messagesByRow([...found.warnings, ...warnings]);
  const all = [...Array(table.rowCount).keys()];
  const predictions = all.map((row) => refused(errorOf.get(row) ?? ""));
  const fill = (rows: readonly number[]): void => {
    try {
      const { values, probabilities, shares: sharesOf, predictionIds } = predictOf(rows);
      rows.forEach((row, i) => {
        const [probability, warning] = [probabilities?.[i] ?? null, warningOf.get(row) ?? null];
        const [shares, predictionId] = [sharesOf?.(i) ?? null, predictionIds[i]!];
        predictions[row] = { value: values[i]!, probability, shares, predictionId, warning, error: null };
      });
    } catch (error) {
      if (!(error instanceof HttpProblem)) throw error;
      // One row cannot be predicted: find out which, one by one.
      if (rows.length === 1) predictions[rows[0]!] = refused(error.message);
      else for (const row of rows) fill([row]);
    }
  };
  const good = all.filter((row) => !errorOf.has(row));
  if (good.length > 0) fill(good);
  return predictions;
}

function refused(error: string): RowPrediction {
  return { value: null, probability: null, shares: null, predictionId: null, warning: null, error };
}

function predictAt({ model, predict }: ServedModel, threshold: number): ServedModel["predict"] {
  const { task, classCount } = model.estimator;
  if (task === "binary")
    return (table) => applyThreshold(predict(table).probabilities!, { task, classCount, threshold });
  const target = `"${model.signature.target.name}" ${task === "regression" ? "is a number" : `has ${classCount} classes`}`;
  throw new HttpProblem("bad-request", `a threshold decides between two classes, and ${target}`);
}

/** 422 with the findings, in the order of the rows. */
export function invalidRows(found: readonly RowFinding[]): HttpProblem {
  const findings = inRowOrder(found);
  const [first] = findings;
  const rest = findings.length === 1 ? "" : `, and ${findings.length - 1} more`;
  const detail = `row ${first!.row}, column "${first!.column}": ${first!.message}${rest}`;
  const hint = "GET /model lists the columns with their kinds, ranges and categories";
  const members = { errors: findings.slice(0, MOST_FINDINGS), error_count: findings.length };
  return new HttpProblem("invalid-rows", detail, { hint, members });
}

function inRowOrder(findings: readonly RowFinding[]): RowFinding[] {
  return findings.toSorted((a, b) => a.row - b.row);
}

function servedValues({ predict, labels, model }: ServedModel, digits: number | null) {
  const { target } = model.signature;
  const valuesOf = predictedValues(target, { labels, digits });
  const isBinary = target.task === "binary";
  return (checked: CheckedSeries, asked: readonly number[]): Omit<Predicted, "predictionIds"> => {
    if (asked.length === 0) return { values: [], probabilities: labels && [], shares: labels && (() => []) };
    const prediction = refusingRows(() => predictRows(predict, checked, asked));
    const { predictions, notFinite } = valuesOf(prediction);
    const finding = { column: target.name, check: "row", message: NOT_FINITE } as const;
    if (notFinite.length > 0) throw invalidRows(notFinite.map((row) => ({ row, ...finding })));
    const values = predictions.map(([value]) => value);
    if (labels === null) return { values, probabilities: null, shares: null };
    // Of two classes, only the positive one; else all classes row by row.
    const all = prediction.probabilities!;
    const shares = (row: number): number[] =>
      isBinary ? [1 - all[row]!, all[row]!] : labels.map((_, code) => all[row * labels.length + code]!);
    return { values, probabilities: predictions.map(([, share]) => share!), shares };
  };
}

/** Runs `work`; an error of the rows becomes a 422. */
export function refusingRows<T>(work: () => T): T {
  return attempt(work, (error) => {
    throw problemFrom("invalid-rows", error);
  });
}

function logEntries({ inputs, names, runId, sha256, labels }: ServedModel, { now, threshold = null }: PredictorTools) {
  const kept = [...inputs, ...names];
  return (cells: Cells, predicted: Predicted, requestId: string | null): LoggedPrediction[] => {
    const { values, probabilities, predictionIds } = predicted;
    const at = now();
    return cells.map((row, i) => ({
      predictionId: predictionIds[i]!,
      at,
      runId,
      modelSha256: sha256,
      inputs: inputsOf(kept, row),
      prediction: labels === null ? values[i]! : String(values[i]),
      probability: probabilities === null ? null : probabilities[i]!,
      source: "serve",
      requestId,
      threshold,
    }));
  };
}

function inputsOf(names: readonly string[], cells: readonly unknown[]): LoggedPrediction["inputs"] {
  const inputs: Record<string, string | number | boolean | null> = {};
  for (let i = 0; i < names.length; i++) inputs[names[i]!] = (cells[i] as string | number | undefined) ?? null;
  return inputs;
}
