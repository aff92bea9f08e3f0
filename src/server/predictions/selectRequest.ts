/** Applies `ingest.select` to the rows of requests, as `mlctl predict` does. */
import type { Config } from "../../config/schema/schema.ts";
import type { Json } from "../../core/json.ts";
import type { RowFinding } from "../../lifecycle/predict/checkRows.ts";
import type { ServedModel } from "../../lifecycle/predict/servedModel.ts";
import type { RowBatch, RowSelector } from "../../lifecycle/predict/inputStream.ts";
import type { RequestRow } from "./requestRows.ts";

export interface SelectedRows {
  readonly rows: readonly RequestRow[];
  /** Rows for which an expression fails. */
  readonly errors: readonly RowFinding[];
}

type SelectedModel = Pick<ServedModel, "inputs" | "names" | "computed" | "columnName">;
type SelectedConfig = { readonly serve: Pick<Config["serve"], "request_aliases"> };
type Inputs = NonNullable<RowBatch["inputs"]>;

/** Rows by column with the computed columns in place of those that only the expressions read. */
export async function selectRequest(
  given: readonly RequestRow[],
  selector: RowSelector,
  { served, config }: { served: SelectedModel; config: SelectedConfig },
): Promise<SelectedRows> {
  const nameOf = columnNaming(served, config);
  const positions = new Map<string, number>();
  for (const row of given)
    for (const key of Object.keys(row)) if (!positions.has(nameOf(key))) positions.set(nameOf(key), positions.size);
  const rows = given.map((row, line) => {
    const values = Array.from({ length: positions.size }, (): Json => null);
    for (const key of Object.keys(row)) {
      const column = nameOf(key);
      if (isReadable(row[key], column, served)) values[positions.get(column)!] = row[key] as Json;
    }
    return { line, values };
  });
  const batch = await selector.apply({ columns: [...positions.keys()], rows });
  const { inputs } = batch;
  if (inputs === undefined) return { rows: given, errors: [] };
  const raw = rawColumns(inputs, served);
  return {
    rows: given.map((row, i) => selectedRow(row, { inputs, cells: inputs.cells[i]!, raw, nameOf, served })),
    errors: (inputs.failures ?? []).map(({ row, column, problem }) => ({
      row,
      column,
      check: "type",
      message: problem,
    })),
  };
}

/** The name that `ingest.select` knows of a column that has this name in the request. */
export function columnNaming({ columnName }: SelectedModel, { serve }: SelectedConfig): (given: string) => string {
  const aliases = new Map(Object.entries(serve.request_aliases));
  return (given) => aliases.get(given) ?? columnName(given);
}

/** Columns that expressions read and that the model does not take. */
export function rawColumns({ computed = new Map() }: Inputs, { inputs, names }: SelectedModel): ReadonlySet<string> {
  const taken = new Set([...inputs, ...names]);
  return new Set([...computed.values()].flat().filter((name) => !taken.has(name)));
}

interface Selected {
  readonly inputs: Inputs;
  readonly cells: readonly Json[];
  readonly raw: ReadonlySet<string>;
  readonly nameOf: (given: string) => string;
  readonly served: SelectedModel;
}

function selectedRow(row: RequestRow, { inputs, cells, raw, nameOf, served }: Selected): RequestRow {
  const cellOf = (name: string): Json => cells[inputs.columns.indexOf(name)]!;
  const given = new Set(
    Object.keys(row).flatMap((key) => (isReadable(row[key], nameOf(key), served) ? [nameOf(key)] : [])),
  );
  // A row that lacks columns of an expression lacks its result too, as it would on its own; it is not null.
  const computed = [...(inputs.computed ?? [])].filter(
    ([name, reads]) => cellOf(name) !== null || reads.every((read) => given.has(read)),
  );
  const names = new Set(computed.map(([name]) => name));
  const kept = Object.keys(row).filter((key) => !names.has(nameOf(key)) && !raw.has(nameOf(key)));
  const selected = Object.create(null) as Record<string, unknown>;
  for (const key of kept) selected[key] = row[key];
  for (const name of names) selected[name] = cellOf(name);
  return selected;
}

/** Whether expressions get the value: the check of the row refuses a nested one in place of their result. */
function isReadable(value: unknown, column: string, { computed }: SelectedModel): boolean {
  return value === null || typeof value !== "object" || !Object.hasOwn(computed, column);
}
