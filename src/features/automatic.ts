/** Automatic features: which transforms a table needs, chosen from the kinds of its columns. */
import type { CategoryColumn, Column, NumberColumn, Table } from "../core/table/table.ts";
import type { TransformRequest } from "../core/transform.ts";

/** A text column with more distinct values than this share of the rows is an id or free text … */
const FREE_TEXT_SHARE = 0.5;
/** … from this many rows on; in fewer, a few categories soon fill half of the rows. */
const FREE_TEXT_ROWS = 20;
/** A text column with more distinct values than this is an id or free text, however many rows there are. */
const MOST_CATEGORIES = 1000;

/** "id", "user_id", "user-id", "userId", "UserID", but not "paid" or "grid". */
const idNames = [/(^|[^a-z])id$/i, /[a-z]I[dD]$/];

export interface AutomaticOptions {
  /** What the model family wants of its numbers. */
  readonly needs: { readonly complete: boolean; readonly standardized: boolean };
}

export interface AutomaticPlan {
  /** For `fitTransforms`; the order matters. */
  readonly requests: readonly TransformRequest[];
  /** Why a column was left out, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * Leaves out columns that tell nothing (constants, ids, free text), takes dates apart, fills and standardizes numbers
 * where the family needs it, and makes categories one-hot. One-hot comes last, so that its columns stay 0 and 1, as in
 * scikit-learn's usual ColumnTransformer; numbers made of dates are standardized like the others.
 *
 * @param table the input columns of the training rows, without the target
 */
export function automaticTransforms(table: Table, { needs }: AutomaticOptions): AutomaticPlan {
  const left = table.columns.map((column) => ({ column, reason: reasonToDrop(column) }));
  const dropped = left.filter(({ reason }) => reason !== undefined);
  const kept = left.filter(({ reason }) => reason === undefined).map(({ column }) => column);
  const has = (kind: Column["kind"]): boolean => kept.some((column) => column.kind === kind);
  const hasNumbers = has("number") || has("date");
  const requests: TransformRequest[] = [];
  if (dropped.length > 0) {
    requests.push({ type: "drop", options: { columns: dropped.map(({ column }) => column.name) } });
  }
  if (has("date")) requests.push({ type: "date_parts", options: {} });
  if (hasNumbers && needs.complete) requests.push({ type: "impute", options: { strategy: "median" } });
  if (hasNumbers && needs.standardized) requests.push({ type: "standardize", options: {} });
  if (has("category")) requests.push({ type: "one_hot", options: {} });
  const notes = dropped.map(({ column, reason }) => `column "${column.name}" is not used: ${reason}`);
  return { requests, notes };
}

function reasonToDrop(column: Column): string | undefined {
  return column.kind === "category" ? reasonToDropText(column) : reasonToDropNumber(column);
}

function reasonToDropText({ codes, categories }: CategoryColumn): string | undefined {
  const counts = new Float64Array(categories.length);
  let present = 0;
  for (const code of codes) {
    if (code < 0) continue;
    counts[code]!++;
    present++;
  }
  let distinct = 0;
  for (const count of counts) if (count > 0) distinct++;
  if (present === 0) return "it has no value";
  if (distinct === 1 && present === codes.length) return "every row has the same value";
  if (distinct === present && distinct > 2) return "every value is different, as in an id";
  if (distinct > MOST_CATEGORIES || (codes.length >= FREE_TEXT_ROWS && distinct > FREE_TEXT_SHARE * codes.length)) {
    return `it has ${distinct} different values in ${codes.length} rows, an id or free text`;
  }
  return undefined;
}

function reasonToDropNumber(column: Exclude<Column, CategoryColumn>): string | undefined {
  const { values } = column;
  if (values.every(Number.isNaN)) return "it has no value";
  // With a value missing somewhere it is no constant: whether it is there may tell something.
  if (values.every((value) => value === values[0])) return "every row has the same value";
  if (column.kind === "number" && isId(column)) return "every value is different, and its name says that it is an id";
  return undefined;
}

function isId({ name, values }: NumberColumn): boolean {
  if (!idNames.some((pattern) => pattern.test(name)) || !values.every(Number.isInteger)) return false;
  return new Set(values).size === values.length;
}
