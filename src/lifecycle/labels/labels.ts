/** labels: joins labels that arrive later to the logged predictions. */
import type { Readable } from "node:stream";
import { MlctlError, recover } from "../../core/errors.ts";
import type { Json } from "../../core/json.ts";
import type { Signature } from "../../core/table/table.ts";
import { parseDate } from "../../core/text/valueFormat.ts";
import { present } from "../../core/text/format.ts";
import { didYouMean } from "../../core/text/suggest.ts";
import { normalizeName } from "../../data/columnNames.ts";
import type { InputRow, RowBatch } from "../../data/rowBatch.ts";
import { cellParserOf } from "../../pipeline/rows/conformTable.ts";
import { joinLabels, type LabelJoin, type LabelRow } from "../../storage/predictionLog/joinLabels.ts";
import { openLogReader } from "../../storage/predictionLog/sqliteReader.ts";
import { inputRows, type RowFormat } from "../predict/inputStream.ts";
import { labelReader, rowKey } from "./labelReader.ts";
import { loadDeployed } from "../loadModel.ts";
import { csvSettings, keyColumns } from "../settings.ts";
import type { Session } from "../session.ts";

export interface LabelsOptions {
  readonly input: string;
  readonly stdin: Readable;
  readonly inputFormat?: RowFormat | undefined;
  /** Column with the prediction id. Default: "prediction_id" if the file has it, else the id columns and the time column. */
  readonly id?: string | undefined;
  /** Column with the label. Default: the target of config.json, else "label", for each row. */
  readonly label?: string | undefined;
  readonly force: boolean;
  /** How the target was read in training. Default: by the deployed model. */
  readonly signature?: Signature;
  /** Maximum number of examples of each kind of row that is not joined. Default: 5. */
  readonly examples?: number;
  /** For the body of a request: counts rows from 0 in place of lines. */
  readonly byRow?: boolean;
  /** How its errors name these options. Default: the flags of `mlctl labels`. */
  readonly names?: { readonly id: string; readonly label: string };
  /** Called for each row that cannot be read or has no label. */
  readonly onReject?: (line: number, reason: string) => void;
}

export type LabelsResult = Readonly<Awaited<ReturnType<typeof labels>>>;

interface Plan {
  readonly by: readonly string[];
  readonly key: ReturnType<typeof rowKey>;
  /** The columns that may contain the label, in order of preference. */
  readonly candidates: readonly string[];
  readonly join: LabelJoin;
}

/**
 * Importing the same file again changes nothing. Takes no lock, so that labels do not wait for a training.
 * @returns `rejected`: number of rows that cannot be read or have no key
 * @throws {MlctlError} kind "notReady" if no predictions were logged, "data" if a column is missing
 */
export async function labels(session: Session, options: LabelsOptions) {
  const { context } = session;
  const log = openLogReader(session.paths);
  if (!(await log.exists().finally(() => log.close()))) {
    throw new MlctlError("notReady", "no predictions have been logged yet", {
      hint: "`mlctl serve` and `mlctl predict --log` log their predictions",
    });
  }
  const stdin = options.byRow === true ? "the body" : "stdin";
  const name = options.input === "-" ? stdin : options.input;
  const counts = { rows: 0, withoutLabel: 0, rejected: 0, firstRejected: null as string | null };
  const reject = (line: number, reason: string): void => {
    counts.rejected++;
    options.onReject?.(line, reason);
    counts.firstRejected ??= `line ${line}: ${reason}`;
  };
  const lack = (line: number, reason: string): void => {
    counts.withoutLabel++;
    options.onReject?.(line, reason);
  };
  const onNote = (message: string): void => context.emit({ type: "warning", stage: "labels", message });
  // Label files have columns of their own.
  const { names: _, ...csv } = csvSettings(session.config);
  const signature = options.signature ?? (await deployedSignature(session));
  const normalizeNames = signature?.reading.normalizeNames ?? session.config.ingest.normalize_names;
  const named = (column: string | undefined) => (column && normalizeNames ? normalizeName(column) : column);
  const { names: flags = { id: "--id COLUMN", label: "--label COLUMN" } } = options;
  const labelHint = `set the label column with ${flags.label}`;
  const asked = { ...options, id: named(options.id), label: named(options.label), flags, labelHint };
  // Keys and labels are parsed here, so JSON and Parquet keep their text.
  const { target } = session.config;
  const textColumns = present(["prediction_id", asked.id, asked.label, "label", target, ...keyColumns(session.config)]);
  const reading = { csv, normalizeNames, formats: {}, textColumns };
  let plan: Plan | undefined;
  try {
    let columns: readonly string[] = [];
    for await (const batch of inputRows({ ...options, format: options.inputFormat, name, onNote }, reading)) {
      context.signal.throwIfAborted();
      ({ columns } = batch);
      plan ??= await planOf(session, asked, { ...batch, signature });
      const numbered = batch.rows.map((row, i) => ({ ...row, line: counts.rows + i }));
      const read = options.byRow === true ? { ...batch, rows: numbered } : batch;
      counts.rows += batch.rows.length;
      plan.join.add(labelRows(session, read, plan, { reject, lack, hint: labelHint }));
      context.emit({ type: "progress", stage: "labels", done: counts.rows, unit: "rows" });
    }
    if (plan === undefined)
      throw new MlctlError("data", `${name} has no rows`, { hint: "each row has an id and a label" });
    const found = plan.candidates.filter((column) => columns.includes(column));
    if (found.length === 0) throw missingColumn(columns, plan.candidates[0]!, labelHint);
    return { by: plan.by, label: found.join(" and "), ...(await plan.join.finish()), ...counts };
  } finally {
    plan?.join.close();
  }
}

/** If no model is deployed, or it cannot be read, the logged predictions decide the type of labels. */
async function deployedSignature(session: Session): Promise<Signature | null> {
  const deployed = await loadDeployed(session).catch(recover(() => null));
  return deployed?.model.signature ?? null;
}

interface Asked extends Pick<LabelsOptions, "id" | "label" | "force" | "examples"> {
  readonly flags: NonNullable<LabelsOptions["names"]>;
  readonly labelHint: string;
}

async function planOf(
  session: Session,
  options: Asked,
  { columns, isJson, signature }: Pick<RowBatch, "columns" | "isJson"> & { signature: Signature | null },
): Promise<Plan> {
  const { config, context } = session;
  const wanted = options.label === undefined ? [...new Set([config.target, "label"])] : [options.label];
  // A column of JSON may be first in a later row.
  const candidates = isJson === true ? wanted : wanted.filter((name) => columns.includes(name));
  if (candidates.length === 0) throw missingColumn(columns, wanted[0]!, options.labelHint);
  const by = matchColumns(session, columns, options);
  const byId = by.length === 1 && by[0] === (options.id ?? "prediction_id");
  const parseTime =
    signature === null || config.time_column === null ? parseDate : cellParserOf(signature, config.time_column, "date");
  const key = rowKey(by, config.time_column, parseTime);
  const join = await joinLabels({
    place: session.paths,
    keyOf: byId ? null : (inputs) => key((column) => inputs[column]),
    toLabel: labelReader(signature),
    replace: options.force,
    now: context.now().getTime(),
    examples: options.examples ?? 5,
  });
  return { by, candidates, join, key };
}

function matchColumns({ config }: Session, columns: readonly string[], { id, flags }: Asked): readonly string[] {
  const keys = columns.includes("prediction_id") ? ["prediction_id"] : keyColumns(config);
  const by = id === undefined ? keys : [id];
  const missing = by.find((name) => !columns.includes(name));
  if (by.length > 0 && missing === undefined) return by;
  const hint = `set the prediction id column with ${flags.id}`;
  const orKeys = id === undefined ? ', or set "id_columns" in config.json' : "";
  throw missingColumn(columns, missing ?? "prediction_id", `${hint}${orKeys}`);
}

function missingColumn(columns: readonly string[], name: string, hint: string): MlctlError {
  const shown = columns.slice(0, 20).join(", ");
  const hints = [didYouMean(name, columns), hint].filter((text) => text !== undefined);
  return new MlctlError("data", `the labels have no column "${name}"; their columns are ${shown}`, {
    hint: hints.join(" "),
  });
}

function labelRows(
  { config }: Session,
  batch: RowBatch,
  { by, candidates, key }: Plan,
  { reject, lack, hint }: Record<"reject" | "lack", (line: number, reason: string) => void> & { readonly hint: string },
): LabelRow[] {
  const positions = new Map(batch.columns.map((name, position) => [name, position]));
  const empty = new Set(config.ingest.null_values);
  const cellOf = (row: InputRow, column: string): Json | undefined => row.values[positions.get(column) ?? -1];
  const isEmpty = (value: Json | undefined): boolean =>
    value === null || value === undefined || value === "" || empty.has(String(value));
  const rows: LabelRow[] = [];
  for (const row of batch.rows) {
    const { line, problem } = row;
    if (problem !== undefined) {
      reject(line, problem);
      continue;
    }
    const given = candidates.filter((column) => !isEmpty(cellOf(row, column)));
    const [value, other = value] = given.map((column) => cellOf(row, column));
    if (value === undefined) {
      lack(line, `the row has no label in ${candidates.join(" or ")}`);
      continue;
    }
    const name = key((column) => cellOf(row, column));
    if (String(value).trim() !== String(other).trim())
      reject(line, `the row has two labels, ${value} in ${given.join(` and ${other} in `)}; ${hint}`);
    else if (name === null) reject(line, `the key is missing: ${by.join(", ")} must have values`);
    else if (typeof value === "object") reject(line, `the label is not a single value: ${JSON.stringify(value)}`);
    else rows.push({ key: name, label: String(value).trim(), line });
  }
  return rows;
}
