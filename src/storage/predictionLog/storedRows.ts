/** Predictions as their table stores them: to objects, and to columns. */
import type { LoggedPrediction } from "../../core/records/predictionLog.ts";
import type { JoinedPrediction, LogColumns, LogEntry } from "./logReader.ts";

/** Rows of one answer, so that none takes long or much memory. */
export const ROWS_AT_A_TIME = 20_000;

export interface Stored extends Omit<LogEntry, "prediction" | "label" | "inputs"> {
  readonly class: string | null;
  readonly value: string | number | null;
  readonly labelClass: string | null;
  readonly labelValue: string | number | null;
  readonly inputs?: string;
}

/** Of the first page; and characters of the inputs of the others, because a string has at most 500 million. */
const FIRST_ROWS = 1000;
const PAGE_CHARACTERS = 4_000_000;

export const packedNames = ["seq", "at", "probability", "class", "value", "labelClass", "labelValue"] as const;

/** Newest first. */
export interface Packed extends Record<"seq" | "at", readonly number[]>, Pick<LogColumns, "probability"> {
  readonly class: LogColumns["prediction"];
  readonly value: LogColumns["prediction"];
  readonly labelClass: LogColumns["label"];
  readonly labelValue: LogColumns["label"];
  readonly inputs: string;
}

export function packedRows(rows: readonly Stored[]): Packed {
  const columns = packedNames.map((name) => [name, rows.map((row) => row[name])]);
  return { ...Object.fromEntries(columns), inputs: rows.map(({ inputs }) => inputs).join(",") } as Packed;
}

function unpacked({ at, probability, inputs, ...stored }: Packed): LogColumns {
  return {
    at,
    prediction: stored.class.map((name, row) => name ?? stored.value[row]!),
    probability,
    label: stored.labelClass.map((name, row) => name ?? stored.labelValue[row]!),
    inputs: JSON.parse(`[${inputs}]`) as LogColumns["inputs"],
  };
}

/**
 * Reads pages from the newest row to older ones.
 * @param pageBefore the newest rows before this one, all if undefined
 */
export async function readColumns(
  limit: number,
  pageBefore: (before: Pick<Stored, "at" | "seq"> | undefined, limit: number) => Promise<Packed>,
): Promise<LogColumns> {
  const pages: LogColumns[] = [];
  let [left, wanted] = [limit, Math.min(limit, FIRST_ROWS)];
  for (let next = pageBefore(undefined, wanted); ;) {
    const page = await next;
    const { length } = page.at;
    const isLast = length < wanted || length === left;
    if (!isLast) {
      left -= length;
      // At most four times as many: older rows may have longer inputs.
      const most = Math.min(4 * length, Math.ceil((length * PAGE_CHARACTERS) / page.inputs.length));
      wanted = Math.min(left, ROWS_AT_A_TIME, most);
      next = pageBefore({ at: page.at.at(-1)!, seq: page.seq.at(-1)! }, wanted);
      // Awaited after this page is unpacked, which the database need not wait for, and which may throw.
      next.catch(() => {});
    }
    pages.push(unpacked(page));
    if (isLast) return columnsOf(pages);
  }
}

/** @param pages newest first, as are the rows of each */
function columnsOf(pages: readonly LogColumns[]): LogColumns {
  const column = <Name extends keyof LogColumns>(name: Name): LogColumns[Name] =>
    pages.toReversed().flatMap((page): unknown[] => page[name].toReversed()) as unknown as LogColumns[Name];
  return {
    at: column("at"),
    prediction: column("prediction"),
    probability: column("probability"),
    label: column("label"),
    inputs: column("inputs"),
  };
}

export const NO_COLUMNS = columnsOf([]);

export function predictionOf(row: Stored): JoinedPrediction {
  return {
    predictionId: row.predictionId,
    at: row.at,
    runId: row.runId,
    modelSha256: row.modelSha256,
    // A prediction without either was not a finite number.
    prediction: (row.class ?? row.value) as string | number,
    probability: row.probability,
    source: row.source,
    requestId: row.requestId ?? null,
    threshold: row.threshold ?? null,
    label: row.labelClass ?? row.labelValue,
    labelledAt: row.labelledAt,
    inputs: (row.inputs === undefined ? undefined : JSON.parse(row.inputs)) as LoggedPrediction["inputs"],
  };
}

export function entryOf(row: Stored): LogEntry {
  return { seq: row.seq, ...predictionOf(row) };
}
