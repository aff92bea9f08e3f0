/** Applies `ingest.select` to the rows of requests, as `mlctl predict` does. */
import type { Config } from "../../config/schema/schema.ts";
import type { Json } from "../../core/json.ts";
import type { RowFinding } from "../../lifecycle/predict/checkRows.ts";
import type { ServedModel } from "../../lifecycle/predict/servedModel.ts";
import type { RowBatch, RowSelector } from "../../lifecycle/predict/modelSelector.ts";
import type { RequestRow } from "./requestRows.ts";

export interface SelectedRows {
  readonly rows: readonly RequestRow[];
  /** Rows for which an expression fails. */
  readonly errors: readonly RowFinding[];
}

type Inputs = NonNullable<RowBatch["inputs"]>;

/** Rows by column with the computed columns in place of those that only the expressions read. */
export async function selectRequest(
  given: readonly RequestRow[],
  selector: RowSelector,
  { served, config }: { served: ServedModel; config: Config },
): Promise<SelectedRows> {
  const nameOf = columnNaming(served, config);
  const positions = new Map<string, number>();
  for (const row of given)
    for (const key of Object.keys(row)) if (!positions.has(nameOf(key))) positions.set(nameOf(key), positions.size);
  const rows = given.map((row, line) => {
    const values = Array.from({ length: positions.size }, (): Json => null);
    for (const key of Object.keys(row)) if (isScalar(row[key])) values[positions.get(nameOf(key))!] = row[key] as Json;
    return { line, values };
  });
  const batch = await selector.apply({ columns: [...positions.keys()], rows });
  const { inputs } = batch;
  if (inputs === undefined) return { rows: given, errors: [] };
  const raw = rawColumns(inputs, served);
  return {
    rows: given.map((row, i) => selectedRow(row, { inputs, cells: inputs.cells[i]!, raw, nameOf })),
    errors: batch.rows.flatMap(({ problem }, row) => (problem === undefined ? [] : [failure(row, problem, inputs)])),
  };
}

/** The name that `ingest.select` knows of a column that has this name in the request. */
export function columnNaming({ columnName }: ServedModel, { serve }: Config): (given: string) => string {
  const aliases = new Map(Object.entries(serve.request_aliases));
  return (given) => aliases.get(given) ?? columnName(given);
}

/** Columns that expressions read and that the model does not take. */
export function rawColumns({ computed = new Map() }: Inputs, { inputs, names }: ServedModel): ReadonlySet<string> {
  const taken = new Set([...inputs, ...names]);
  return new Set([...computed.values()].flat().filter((name) => !taken.has(name)));
}

interface Selected {
  readonly inputs: Inputs;
  readonly cells: readonly Json[];
  readonly raw: ReadonlySet<string>;
  readonly nameOf: (given: string) => string;
}

function selectedRow(row: RequestRow, { inputs, cells, raw, nameOf }: Selected): RequestRow {
  const given = new Set(Object.keys(row).flatMap((key) => (isScalar(row[key]) ? [nameOf(key)] : [])));
  // A row without any of the columns of an expression has the result already, or lacks it.
  const computed = [...(inputs.computed ?? [])].filter(([, reads]) => reads.some((name) => given.has(name)));
  const names = new Set(computed.map(([name]) => name));
  const kept = Object.keys(row).filter((key) => !names.has(nameOf(key)) && !raw.has(nameOf(key)));
  const selected = Object.create(null) as Record<string, unknown>;
  for (const key of kept) selected[key] = row[key];
  for (const name of names) selected[name] = cells[inputs.columns.indexOf(name)];
  return selected;
}

/** Nested values may be of any depth; the check of the row refuses them. */
function isScalar(value: unknown): boolean {
  return value === null || typeof value !== "object";
}

/** Names the column of the request, if there is one only. */
function failure(row: number, problem: string, { computed = new Map() }: Inputs): RowFinding {
  const name = /^ingest\.select\.(.+?):? (?:cannot|[A-Z])/.exec(problem)?.[1] ?? "";
  const reads = computed.get(name) ?? [];
  return { row, column: reads.length === 1 ? reads[0]! : name, check: "type", message: problem };
}
