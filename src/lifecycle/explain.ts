/** explain: which features move a model's answers, over many rows and in single ones. */
import { MlctlError } from "../core/errors.ts";
import type { Contributions } from "../core/estimator.ts";
import { conformTable } from "../pipeline/conformTable.ts";
import { explain as explainTable, type Explained } from "../pipeline/explain.ts";
import { loadDeployed, loadModel } from "./loadModel.ts";
import type { Session } from "./session.ts";
import { readTestData } from "./testData.ts";

/** Single rows are told up to this many; importance is over all of them. */
const MOST_ROWS = 1000;

export interface ExplainOptions {
  /** REF; the deployed model, else the newest, if left out. */
  readonly model?: string | undefined;
  /** A file or folder whose rows are explained one by one; else the test data, as a whole. */
  readonly rows?: string | undefined;
}

export interface ExplainResult {
  readonly runId: string | null;
  readonly family: string;
  /** What the contributions add up to. */
  readonly unit: "target" | "log_odds" | "margin";
  /** Mean size of each feature's contribution over the rows, largest first. */
  readonly importance: readonly { readonly feature: string; readonly importance: number }[];
  /** The answer before any feature is looked at; several for several classes, in the order of `classes`. */
  readonly baseValue: number | readonly number[];
  readonly classes: readonly string[] | null;
  readonly rowCount: number;
  /** Empty without `rows`. Each feature with its contribution, largest first; of several classes, those of each. */
  readonly rows: readonly { readonly row: number; readonly contributions: readonly RowContribution[] }[];
}

export interface RowContribution {
  readonly feature: string;
  readonly contribution: number | readonly number[];
}

/** @throws {MlctlError} kind "usage" for a family whose answers cannot be taken apart, "data" for rows that do not fit */
export async function explain(session: Session, options: ExplainOptions = {}): Promise<ExplainResult> {
  const deployed = options.model === undefined ? loadDeployed(session) : undefined;
  const { model, run } = deployed ?? (await loadModel(session, options.model ?? "latest"));
  const { table } = await readTestData(session, options.rows);
  if (table.rowCount === 0) throw new MlctlError("data", "there is no row to explain");
  const explained = explainTable(model, conformTable(table, model.signature));
  const { task, classes = null } = model.signature.target;
  return {
    runId: run?.runId ?? null,
    family: model.estimator.family,
    unit: { regression: "target", binary: "log_odds", multiclass: "margin" }[task] as ExplainResult["unit"],
    importance: importanceOf(explained, table.rowCount),
    baseValue: explained.outputCount === 1 ? explained.baseValues[0]! : explained.baseValues,
    classes,
    rowCount: table.rowCount,
    rows: options.rows === undefined ? [] : rowsOf(explained).slice(0, MOST_ROWS),
  };
}

function importanceOf({ featureNames, outputCount, blocks }: Explained, rowCount: number): ExplainResult["importance"] {
  const width = featureNames.length;
  const sums = new Float64Array(width);
  for (const { values } of blocks) values.forEach((value, i) => (sums[i % width]! += Math.abs(value)));
  return Array.from(sums, (sum, i) => ({
    feature: featureNames[i]!,
    importance: sum / (rowCount * outputCount),
  })).toSorted((a, b) => b.importance - a.importance || (a.feature < b.feature ? -1 : 1));
}

function rowsOf(explained: Explained): ExplainResult["rows"] {
  const { featureNames, outputCount, blocks } = explained;
  const size = featureNames.length * outputCount;
  const contributions = blocks.flatMap((block) =>
    Array.from({ length: block.values.length / size }, (_, row) => rowOf(explained, block, row * size)),
  );
  return contributions.map((each, i) => ({ row: i + 1, contributions: each }));
}

function rowOf({ featureNames, outputCount }: Explained, { values }: Contributions, start: number): RowContribution[] {
  const width = featureNames.length;
  const sizes = featureNames.map((feature, i) => {
    const own = Array.from({ length: outputCount }, (_, output) => values[start + output * width + i]!);
    return { feature, own, size: Math.max(...own.map(Math.abs)) };
  });
  return sizes
    .toSorted((a, b) => b.size - a.size)
    .map(({ feature, own }) => ({ feature, contribution: outputCount === 1 ? own[0]! : own }));
}
