/** Automatic features: chooses transforms from the column kinds of a table. */
import type { Estimator } from "../core/estimator.ts";
import { listed } from "../core/text/listed.ts";
import { selectHint } from "../core/text/selectHint.ts";
import type { CategoryColumn, Column, NumberColumn, Table } from "../core/table/table.ts";
import type { TransformRequest } from "../core/transform.ts";
import { rowsByCode } from "../stats/countCategories.ts";

/** A text column whose distinct values exceed this share of the rows is an id or free text … */
const FREE_TEXT_SHARE = 0.5;
/** … from this number of rows on; in smaller tables a few categories easily reach half of the rows. */
const FREE_TEXT_ROWS = 20;
/** A text column with more distinct values is an id or free text, at any number of rows. */
const MAX_CATEGORIES = 1000;

/** "id", "user_id", "user-id", "userId", "UserID", but not "paid" or "grid". */
const idNames = [/(^|[^a-z])id$/i, /[a-z]I[dD]$/];

export function hasIdName(name: string): boolean {
  return idNames.some((pattern) => pattern.test(name));
}

export interface AutomaticPlan {
  /** In order, for `fitInTurns`. */
  readonly requests: readonly TransformRequest[];
  /** One message for all columns that are not used for the same reason. */
  readonly notes: readonly string[];
}

/**
 * Drops columns without information (constants, ids, free text), splits dates into parts, imputes and standardizes numbers
 * if the family needs it, and one-hot encodes categories. One-hot encoding comes last so that its columns stay 0 and 1, as
 * in a typical ColumnTransformer of scikit-learn; numbers made from dates are standardized too.
 * @param table training rows, without the target
 */
export function automaticTransforms(table: Table, { needs }: Pick<Estimator, "needs">): AutomaticPlan {
  const judged = table.columns.map((column) => ({ column, reason: reasonToDrop(column) }));
  const dropped = judged.filter(({ reason }) => reason !== undefined);
  const kept = judged.filter(({ reason }) => reason === undefined).map(({ column }) => column);
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
  const byReason = Map.groupBy(dropped, ({ reason }) => reason!.plural);
  return { requests, notes: Array.from(byReason.values(), notUsed) };
}

/** Why a column is dropped, as text about one column and about several. */
interface Reason {
  readonly single: string;
  readonly plural: string;
}

const EMPTY: Reason = { single: "it has no values", plural: "they have no values" };
const CONSTANT: Reason = { single: "every row has the same value", plural: "every row has the same value" };
const DISTINCT: Reason = {
  single: "every value is different, as in an id",
  plural: "every value is different, as in ids",
};
const ID: Reason = {
  single: "every value is different, and its name looks like an id",
  plural: "every value is different, and their names look like ids",
};
const FREE_TEXT = "they have too many different values, so they look like ids or free text";

function notUsed(dropped: readonly { readonly column: Column; readonly reason: Reason | undefined }[]): string {
  const [{ column, reason }] = dropped as [(typeof dropped)[number]];
  if (dropped.length === 1) return `column "${column.name}" is not used: ${reason!.single}`;
  const names = dropped.map((each) => JSON.stringify(each.column.name));
  return `${dropped.length} columns are not used: ${reason!.plural}: ${listed(names)}`;
}

function reasonToDrop(column: Column): Reason | undefined {
  return column.kind === "category" ? reasonToDropText(column) : reasonToDropNumber(column);
}

/** A number and what it counts: "2.91 kg", "850 g", "236.8V". Codes have their letters first. */
const MEASURE = /^[-+]?\d[\d.,]*\s*[\p{L}°µ%][\p{L}²³/%°]{0,5}$/u;
/** A word, a year and a day, in any order: "5. März 2023", "2024-10-20 02:00:00 CEST". */
const WORDED_DATE = /^(?=.*\p{L}{3})(?=.*\b(19|20)\d\d\b)(?=.*\b\d{1,2}\b)[\p{L}\d.,:/ -]*$/u;
/** Values that are looked at. */
const LOOKED_AT = 200;

/** Why a text column with many values is dropped that may be more than an id: its values are numbers or dates in words. */
function disguised(name: string, categories: readonly string[]): Reason | undefined {
  const some = categories.slice(0, LOOKED_AT);
  const isMostly = (pattern: RegExp): boolean =>
    some.filter((text) => text.length < 40 && pattern.test(text)).length > some.length / 2;
  const such = `such as ${JSON.stringify(some[0]!)}`;
  if (isMostly(MEASURE)) {
    const cure = selectHint(name, (column) => `TRY_CAST(regexp_extract(${column}, '[-+]?[0-9.]+') AS DOUBLE)`);
    return {
      single: `its values are text ${such}; if they are numbers of one unit, ${cure}`,
      plural: `their values are text ${such}; if they are numbers of one unit, compute them in "ingest.select"`,
    };
  }
  if (!isMostly(WORDED_DATE)) return undefined;
  const cure = selectHint(name, (column) => `try_strptime(${column}, '%d %B %Y')`);
  return {
    single: `its values are text ${such}; if they are dates, ${cure}, with their order and words`,
    plural: `their values are text ${such}; if they are dates, compute them in "ingest.select"`,
  };
}

function reasonToDropText(column: CategoryColumn): Reason | undefined {
  const { name, codes, categories } = column;
  const counts = rowsByCode(column).filter((count) => count > 0);
  const distinct = counts.length;
  const present = counts.reduce((sum, count) => sum + count, 0);
  if (present === 0) return EMPTY;
  if (distinct === 1 && present === codes.length) return CONSTANT;
  if (distinct === present && distinct > 2) return disguised(name, categories) ?? DISTINCT;
  if (distinct > MAX_CATEGORIES || (codes.length >= FREE_TEXT_ROWS && distinct > FREE_TEXT_SHARE * codes.length)) {
    const other = disguised(name, categories);
    if (other !== undefined) return other;
    const single = `it has ${distinct} different values in ${codes.length} rows, so it looks like an id or free text`;
    return { single, plural: FREE_TEXT };
  }
  return undefined;
}

function reasonToDropNumber(column: Exclude<Column, CategoryColumn>): Reason | undefined {
  const { values } = column;
  if (values.every(Number.isNaN)) return EMPTY;
  // A column with missing values is not constant: missingness may be informative.
  if (values.every((value) => value === values[0])) return CONSTANT;
  if (column.kind === "number" && isId(column)) return ID;
  return undefined;
}

function isId({ name, values }: NumberColumn): boolean {
  if (!hasIdName(name) || !values.every(Number.isInteger)) return false;
  return new Set(values).size === values.length;
}
