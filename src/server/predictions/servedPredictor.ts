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

export interface RowPrediction {
  /** A class by its label, a number rounded as `serve.round` has it. */
  readonly value: string | number;
  /** Of the positive class where there are two, else of the predicted one; null in regression. */
  readonly probability: number | null;
  /** The probabilities of all classes, by code; null in regression. */
  readonly shares: readonly number[] | null;
  readonly id: string;
}

export interface Predictions {
  readonly predictions: readonly RowPrediction[];
  readonly warnings: readonly RowFinding[];
  /** The rows as the model reads them. */
  readonly table: Table;
  /** The model that predicted them: it may look back on the rows before each. */
  readonly model: () => Model;
}

export interface StreamedRow {
  readonly prediction: RowPrediction | null;
  readonly warning: string | null;
  /** Why there is no prediction. */
  readonly error: string | null;
}

/** Rows of a request in the order of the model's columns, with findings about the names of columns. */
interface AskedRows extends RowCells {
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
  predictCells(rows: AskedRows): Predictions;
  /** Row by row: a row without a prediction does not affect the others. */
  predictEach(rows: AskedRows): StreamedRow[];
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
  const checked = ({ cells, continueSeries = served.continueSeries() }: AskedRows): CheckedSeries =>
    continueSeries(check(cells));
  const predictionsOf = rowPredictions(served, config.serve.round, tools.predictionId);
  const logEntry = logEntries(served, tools);
  /** Predicts some of the rows, and logs them. */
  const predictSome = (
    { cells, requestId }: AskedRows,
    table: CheckedSeries,
    rows: readonly number[],
  ): RowPrediction[] => {
    const predictions = predictionsOf(table, rows);
    const of = { requestId: requestId ?? null, at: tools.now() };
    tools.log.append(predictions.map((each, i) => logEntry(cells[rows[i]!]!, each, of)));
    tools.counted(predictions.map(({ value }) => value));
    return predictions;
  };
  const predictCells: ServedPredictor["predictCells"] = (asked) => {
    const found = checked(asked);
    const { table, model = () => served.model } = found;
    const errors = [...asked.errors, ...found.errors];
    if (errors.length > 0) throw invalidRows(errors);
    const warnings = asked.warnings.length === 0 ? found.warnings : inRowOrder([...asked.warnings, ...found.warnings]);
    return { predictions: predictSome(asked, found, [...asked.cells.keys()]), warnings, table, model };
  };
  return {
    served,
    inputs: new Set(served.inputs),
    selector,
    toCells,
    predict(rows, requestId) {
      const found = toCells(rows);
      const predicted = (asked: RowCells): Predictions => predictCells({ ...asked, requestId });
      return found instanceof Promise ? found.then(predicted) : predicted(found);
    },
    predictCells,
    predictEach(asked) {
      const found = checked(asked);
      const errorOf = messagesByRow([...asked.errors, ...found.errors]);
      const warningOf = messagesByRow([...asked.warnings, ...found.warnings]);
      const predictions = new Map<number, RowPrediction>();
      const fill = (rows: readonly number[]): void => {
        try {
          predictSome(asked, found, rows).forEach((each, i) => predictions.set(rows[i]!, each));
        } catch (error) {
          if (!(error instanceof HttpProblem)) throw error;
          // One row cannot be predicted: find out which, one by one.
          if (rows.length === 1) errorOf.set(rows[0]!, error.message);
          else for (const row of rows) fill([row]);
        }
      };
      fill([...asked.cells.keys()].filter((row) => !errorOf.has(row)));
      return asked.cells.map((_, row) => {
        const error = errorOf.get(row) ?? null;
        const warning = error === null ? (warningOf.get(row) ?? null) : null;
        return { prediction: predictions.get(row) ?? null, warning, error };
      });
    },
    at: (threshold) =>
      servedPredictor({ ...served, predict: predictAt(served, threshold) }, config, { ...tools, threshold }),
  };
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

/** @returns a function to the predictions of some rows of a table */
function rowPredictions({ predict, labels, model }: ServedModel, digits: number | null, predictionId: () => string) {
  const { target } = model.signature;
  const valuesOf = predictedValues(target, { labels, digits });
  const finding = { column: target.name, check: "row", message: NOT_FINITE } as const;
  return (checked: CheckedSeries, rows: readonly number[]): RowPrediction[] => {
    if (rows.length === 0) return [];
    const { predictions, notFinite } = valuesOf(refusingRows(() => predictRows(predict, checked, rows)));
    if (notFinite.length > 0) throw invalidRows(notFinite.map((row) => ({ row, ...finding })));
    return predictions.map(([value, probability = null, ...classes]) => {
      const id = predictionId();
      if (labels === null || probability === null) return { value, probability, shares: null, id };
      return { value, probability, shares: labels.length === 2 ? [1 - probability, probability] : classes, id };
    });
  };
}

/** Runs `work`; an error of the rows becomes a 422. */
function refusingRows<T>(work: () => T): T {
  return attempt(work, (error) => {
    throw problemFrom("invalid-rows", error);
  });
}

function logEntries({ inputs, names, runId, sha256, labels }: ServedModel, { threshold = null }: PredictorTools) {
  const kept = [...inputs, ...names];
  return (
    cells: readonly unknown[],
    { id, value, probability }: RowPrediction,
    of: Pick<LoggedPrediction, "requestId" | "at">,
  ): LoggedPrediction => ({
    ...of,
    predictionId: id,
    runId,
    modelSha256: sha256,
    inputs: inputsOf(kept, cells),
    prediction: labels === null ? value : String(value),
    probability,
    source: "serve",
    threshold,
  });
}

/** With a loop: Object.fromEntries took 5 % of the time of a row. */
function inputsOf(names: readonly string[], cells: readonly unknown[]): LoggedPrediction["inputs"] {
  const inputs: Record<string, string | number | boolean | null> = {};
  for (let i = 0; i < names.length; i++) inputs[names[i]!] = (cells[i] as string | number | undefined) ?? null;
  return inputs;
}
