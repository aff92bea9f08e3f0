/** Finds the rows with enough history. */
import { atOnce } from "../../core/inTurns.ts";
import type { Model } from "../../core/records/model.ts";
import type { Table, Column } from "../../core/table/table.ts";
import type { Transform, TransformContext, TransformRequest } from "../../core/transform.ts";
import { stepsInTurns } from "../../features/fitTransforms.ts";
import { historyGaps, extendHistory, lookBacks } from "../../features/compileTransforms.ts";
import { findTransform } from "../../features/index.ts";
import type { RowProblem } from "./rowReader.ts";
import { listed } from "../../core/text/format.ts";

/** Positions of the rows that the history of a model reaches; all rows for a model that does not look back. */
export function rowsInReach({ transforms }: Pick<Model, "transforms">, table: Table): Int32Array {
  const gaps = historyGaps(transforms)?.(table);
  const rows = Int32Array.from({ length: table.rowCount }, (_, row) => row);
  return gaps === undefined ? rows : rows.filter((row) => gaps[row]?.kind !== "missing");
}

/** Rows on which a model can be judged: its history reaches them, and lags do not look across a gap of a regular series. */
export function rowsToJudge({ transforms }: Pick<Model, "transforms">, table: Table) {
  const gaps = historyGaps(transforms)?.(table);
  const reasonOf = (row: number): string | undefined => {
    const gap = gaps?.[row];
    return gap?.kind === "missing" ? gap.message : gap?.skips;
  };
  const rows = Int32Array.from({ length: table.rowCount }, (_, row) => row);
  return { rows: rows.filter((row) => reasonOf(row) === undefined), reasonOf };
}

const looksBack = ({ historyGaps: gaps }: Transform): boolean => gaps !== undefined;

/** The same for a list of transforms. @throws {MlctlError} kind "usage" as `fitInTurns` */
export function rowsWithHistory(
  table: Table,
  requests: readonly TransformRequest[],
  context: TransformContext,
): Int32Array {
  const known = requests.filter(({ type }) => findTransform(type) !== undefined);
  return rowsInReach({ transforms: atOnce(stepsInTurns(table, known, context, looksBack)) }, table);
}

/**
 * In use, each row is predicted when the rows before it are known: lag features see them, but never the row itself.
 * The rows: the model's input columns, the same rows with all columns (lag features may use others), and the target as
 *   numbers or class codes
 */
export function historyFromBatch(
  model: Model,
  { inputs, table, y }: { readonly inputs: Table; readonly table: Table; readonly y: Float64Array },
): Model {
  const target: Column = { kind: "number", name: model.signature.target.name, values: y };
  const taken = new Set([target.name, ...inputs.columns.map(({ name }) => name)]);
  const others = table.columns.filter(({ name }) => !taken.has(name));
  const labelled = { rowCount: inputs.rowCount, columns: [...inputs.columns, ...others, target] };
  return { ...model, transforms: extendHistory(model.transforms, labelled) };
}

/** @returns a function from checked rows to their problems; always empty for a model without lag features */
export function historyProblems(model: Model): (table: Table) => RowProblem[] {
  const { transforms, signature } = model;
  const gapsOf = historyGaps(transforms);
  const [by = ""] = seriesColumnsOf(model);
  const column = signature.inputs.find(({ kind, minimum }) => kind === "date" && minimum === undefined)?.name ?? "";
  return (table) =>
    (gapsOf?.(table) ?? []).flatMap((gap, row): RowProblem[] => {
      if (gap === null || gap.kind === "apart") return [];
      const { kind, message, unseen: series } = gap;
      const check = kind === "missing" ? "history" : "range";
      return [series === undefined ? { row, column, check, message } : { row, column: by, check, message, series }];
    });
}

/** In a note. */
const NAMED = 3;

/** The columns that tell the series of a model apart; empty for one series, or a model that does not look back. */
export function seriesColumnsOf({ transforms }: Pick<Model, "transforms">): string[] {
  return [...new Set(lookBacks(transforms).flatMap(({ by }) => by))];
}

/** Names of the series in `table` that training did not see, in the order of the rows. */
export function unseenSeries({ transforms }: Pick<Model, "transforms">, table: Table): Set<string> {
  if (seriesColumnsOf({ transforms }).length === 0) return new Set();
  return new Set((historyGaps(transforms)?.(table) ?? []).flatMap((gap) => gap?.unseen ?? []));
}

/** One note for all of them. */
export function unseenNote(names: ReadonlySet<string>): string[] {
  if (names.size === 0) return [];
  const [series, has] = names.size === 1 ? ["1 series was", "has"] : [`${names.size} series were`, "have"];
  return [`${series} not seen in training and ${has} no history: ${listed([...names], NAMED, "; ")}`];
}
