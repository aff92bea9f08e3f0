/** Answers the rows of requests with one model: compiled once for each deployment, as all that changes is the rows. */
import type { Config } from "../../config/schema/schema.ts";
import { MlctlError } from "../../core/errors.ts";
import type { LoggedPrediction, PredictionLog } from "../../core/records/predictionLog.ts";
import type { Table } from "../../core/table/table.ts";
import { rowChecks, type RowFinding } from "../../lifecycle/predict/rowChecks.ts";
import type { ServedModel } from "../../lifecycle/predict/servedModel.ts";
import { HttpProblem } from "../http/problem.ts";
import type { RequestRow } from "./requestRows.ts";
import { answerEach } from "./answerEach.ts";
import type { Answers, Found, RowAnswer } from "./answers.ts";
import { rowCells } from "./rowCells.ts";

export interface Answerer {
  readonly served: ServedModel;
  readonly inputs: ReadonlySet<string>;
  /** @throws {HttpProblem} 422 naming every value that stands in the way */
  answer(rows: readonly RequestRow[]): Answers;
  /** The same for cells in the order of the model's columns. @param found findings about names, added to those about values */
  answerCells(cells: readonly (readonly unknown[])[], found?: Found): Answers;
  /** Row by row: what cannot be answered does not keep the others from it. */
  answerEach(cells: readonly (readonly unknown[])[], found?: Found): RowAnswer[];
}

/** What an answerer tells of its work, and what it needs from the process. */
export interface AnswererTools {
  readonly log: PredictionLog;
  readonly predictionId: () => string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly counted: (values: readonly (string | number)[]) => void;
}

/** Findings in one document; the rest is counted. */
export const MOST_FINDINGS = 100;

const NOTHING: Found = { errors: [], warnings: [] };

export function answerer(served: ServedModel, config: Config, tools: AnswererTools): Answerer {
  const toCells = rowCells(served, config);
  const check = rowChecks(served, config);
  const valuesOf = answerValues(served, config.serve.round);
  const logged = logEntries(served, tools);
  const answerCells: Answerer["answerCells"] = (cells, found = NOTHING) => {
    const { table, errors, warnings } = check(cells);
    if (found.errors.length + errors.length > 0) throw invalidRows([...found.errors, ...errors]);
    const { values, probabilities } = valuesOf(table);
    const predictionIds = values.map(tools.predictionId);
    tools.log.append(logged(cells, { values, probabilities, predictionIds }));
    tools.counted(values);
    const all = found.warnings.length === 0 ? warnings : [...found.warnings, ...warnings];
    return { values, probabilities, predictionIds, warnings: all, table };
  };
  return {
    served,
    inputs: new Set(served.inputs),
    answer(rows) {
      const { cells, errors, warnings } = toCells(rows);
      return answerCells(cells, { errors, warnings });
    },
    answerCells,
    answerEach: (cells, found = NOTHING) => answerEach(cells, found, { check, answerCells }),
  };
}

/** 422 with the findings. */
export function invalidRows(findings: readonly RowFinding[]): HttpProblem {
  const [first] = findings;
  const rest = findings.length === 1 ? "" : `, and ${findings.length - 1} more`;
  const detail = `row ${first!.row}, column "${first!.column}": ${first!.message}${rest}`;
  const hint = "GET /model lists the columns with their kinds, ranges and categories";
  const members = { errors: findings.slice(0, MOST_FINDINGS), error_count: findings.length };
  return new HttpProblem("invalid-rows", detail, { hint, members });
}

function answerValues(
  { predict, labels, model }: ServedModel,
  digits: number | null,
): (table: Table) => Pick<Answers, "values" | "probabilities"> {
  const { task, name } = model.signature.target;
  const classCount = labels?.length ?? 0;
  return (table) => {
    if (table.rowCount === 0) return { values: [], probabilities: task === "regression" ? null : [] };
    const { yPred, probabilities: raw } = predictOrRefuse(predict, table);
    const values: (string | number)[] = Array.from({ length: yPred.length });
    for (let row = 0; row < yPred.length; row++) {
      const value = yPred[row]!;
      if (!Number.isFinite(value)) throw noAnswer(row, name);
      values[row] = labels !== null ? labels[value]! : digits === null ? value : Number(value.toFixed(digits));
    }
    if (raw === null) return { values, probabilities: null };
    if (task === "binary") return { values, probabilities: finite(raw, name) };
    return {
      values,
      probabilities: finite(
        Array.from(yPred, (code, row) => raw[row * classCount + code]!),
        name,
      ),
    };
  };
}

function finite(probabilities: ArrayLike<number>, name: string): number[] {
  const row = Array.prototype.findIndex.call(probabilities, (value: number) => !Number.isFinite(value));
  if (row >= 0) throw noAnswer(row, name);
  return Array.from(probabilities);
}

function predictOrRefuse(predict: ServedModel["predict"], table: Table) {
  try {
    return predict(table);
  } catch (error) {
    if (!(error instanceof MlctlError)) throw error;
    throw new HttpProblem("invalid-rows", error.message, { hint: error.hint, cause: error });
  }
}

/** JSON has no NaN and no infinity; null would be a wrong answer given quietly. */
function noAnswer(row: number, column: string): HttpProblem {
  return invalidRows([{ row, column, check: "row", message: "the model's answer is no finite number" }]);
}

function logEntries({ inputs, names, deployment, labels }: ServedModel, { now }: AnswererTools) {
  const { runId, model } = deployment;
  const kept = [...inputs, ...names];
  return (
    cells: readonly (readonly unknown[])[],
    { values, probabilities, predictionIds }: Pick<Answers, "values" | "probabilities" | "predictionIds">,
  ): LoggedPrediction[] => {
    const at = now();
    return cells.map((row, i) => ({
      predictionId: predictionIds[i]!,
      at,
      runId,
      modelSha256: model.sha256,
      inputs: inputsOf(kept, row),
      prediction: labels === null ? values[i]! : String(values[i]),
      probability: probabilities === null ? null : probabilities[i]!,
      source: "serve",
    }));
  };
}

function inputsOf(names: readonly string[], cells: readonly unknown[]): LoggedPrediction["inputs"] {
  const inputs: Record<string, string | number | boolean | null> = {};
  for (let i = 0; i < names.length; i++) inputs[names[i]!] = (cells[i] as string | number | undefined) ?? null;
  return inputs;
}
