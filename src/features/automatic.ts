/** Automatic features: chooses transforms from the column kinds of a table. */
import type { Estimator } from "../core/estimator.ts";
import { listed, counted } from "../core/text/format.ts";
import { parseDate } from "../core/text/valueFormat.ts";
import { selectHint } from "../core/text/suggest.ts";
import type { CategoryColumn, Column, NumberColumn, Table, Task } from "../core/table/table.ts";
import type { TransformRequest } from "../core/transform.ts";
import { rowsByCode } from "../stats/samplePositions.ts";
import { words } from "./text.ts";

/** A text column whose distinct values exceed this share of the rows is an id or free text … */
const FREE_TEXT_SHARE = 0.5;
/** … from this number of rows on; in smaller tables a few categories easily reach half of the rows. */
const FREE_TEXT_ROWS = 20;
/** More distinct values need the target to be features; without it they look like ids or free text. */
const MAX_CATEGORIES = 1000;

/**
 * Trees get 0/1 columns up to this number of values (on many rows they cost most of the time), ordinal codes up to the next,
 * and the mean target for more: cross-validated, 0/1 columns are better up to 42 values, means at hundreds.
 */
const ONE_HOT_VALUES = { few: 60, many: 5 };
const ORDINAL_VALUES = 30;
const MANY_ROWS = 50_000;

/** Free text of more words per value than names and titles have is prose. */
const PROSE_WORDS = 5;
/**
 * Hash columns of prose: at most this number (trees are slow with many, and get one per four rows; words that share a
 * column cost a linear model more than the number of columns, which is regularized), and this number of cells.
 */
const HASH_COLUMNS = { linear: 4096, trees: 128 };
const HASH_CELLS = 10_000_000;

/** "id", "user_id", "user-id", "userId", "UserID", but not "paid" or "grid". */
const idNames = [/(^|[^a-z])id$/i, /[a-z]I[dD]$/];

export function hasIdName(name: string): boolean {
  return idNames.some((pattern) => pattern.test(name));
}

export interface AutomaticPlan {
  readonly requests: readonly TransformRequest[];
  /** One message for all columns that are not used for the same reason. */
  readonly notes: readonly string[];
}

/**
 * Drops columns without information (constants, ids, free text), splits dates into parts, imputes and standardizes numbers
 * if the family needs it, hashes the words of prose, and encodes categories: many values by the mean target; for trees
 * some values by codes; the others one-hot. One-hot encoding comes last so that its columns stay 0 and 1, as in a typical
 * ColumnTransformer of scikit-learn; numbers made from dates and categories are standardized too.
 * @param table training rows, without the target
 */
export function automaticTransforms(table: Table, { needs }: Pick<Estimator, "needs">, task: Task): AutomaticPlan {
  const judged = table.columns.map((column) => ({ column, reason: reasonToDrop(column, task) }));
  const prose = judged.filter(({ column, reason }) => isFreeText(reason) && isProse(column)).map(nameOf);
  const dropped = judged.filter(({ column, reason }) => reason !== undefined && !prose.includes(column.name));
  const kept = judged.filter(({ reason }) => reason === undefined).map(({ column }) => column);
  const has = (kind: Column["kind"]): boolean => kept.some((column) => column.kind === kind);
  const encodings = kept.map((column) => ({ column, type: encodingOf(column, needs.standardized, task) }));
  const encodedBy = (type: string): string[] => encodings.filter((each) => each.type === type).map(nameOf);
  const [means, codes] = [encodedBy("target_encode"), encodedBy("ordinal")];
  const hasNumbers = has("number") || has("date") || means.length + codes.length > 0;
  const requests: TransformRequest[] = [];
  const use = (type: string, columns: readonly string[], more = {}): void => {
    if (columns.length > 0) requests.push({ type, options: { columns, ...more } });
  };
  use("drop", dropped.map(nameOf));
  if (has("date")) requests.push({ type: "date_parts", options: {} });
  use("target_encode", means);
  use("ordinal", codes);
  if (hasNumbers && needs.complete) requests.push({ type: "impute", options: { strategy: "median" } });
  if (hasNumbers && needs.standardized) requests.push({ type: "standardize", options: {} });
  use("hash_text", prose, { buckets: hashColumns(table.rowCount * prose.length, needs.standardized) });
  if (encodedBy("one_hot").length > 0) requests.push({ type: "one_hot", options: {} });
  const byReason = Map.groupBy(dropped, ({ reason }) => reason!.kind);
  const notes = Array.from(byReason.values(), notUsed);
  if (means.length > 0) notes.push(encodedNote("has many values", "target_encode", means));
  if (prose.length > 0) notes.push(encodedNote("is prose", "hash_text", prose));
  return { requests, notes };
}

function nameOf({ column }: { readonly column: Column }): string {
  return column.name;
}

function encodedNote(what: string, type: string, names: readonly string[]): string {
  const columns = `${names.length === 1 ? "column" : `each of ${names.length} columns`} ${listed(names.map((name) => JSON.stringify(name)))}`;
  return `${columns} ${what} and is encoded by ${type}; to change this, set "features" or "drop_columns" in config.json`;
}

function encodingOf(column: Column, isLinear: boolean, task: Task): string | undefined {
  if (column.kind !== "category") return undefined;
  const distinct = rowsByCode(column).filter((count) => count > 0).length;
  const oneHot = isLinear ? MAX_CATEGORIES : ONE_HOT_VALUES[column.codes.length > MANY_ROWS ? "many" : "few"];
  if (distinct <= oneHot) return "one_hot";
  return task === "multiclass" || distinct <= ORDINAL_VALUES ? "ordinal" : "target_encode";
}

function isFreeText(reason: Reason | undefined): boolean {
  return reason?.kind === "distinct" || reason?.kind === "free text";
}

export function isProse(column: Column): boolean {
  if (column.kind !== "category") return false;
  const some = column.categories.slice(0, LOOKED_AT);
  return some.reduce((sum, text) => sum + words(text).length, 0) >= PROSE_WORDS * some.length;
}

/** A power of two. @param texts number of texts of all columns */
function hashColumns(texts: number, isLinear: boolean): number {
  const most = Math.min(isLinear ? HASH_COLUMNS.linear : Math.min(HASH_COLUMNS.trees, texts / 4), HASH_CELLS / texts);
  return 2 ** Math.max(4, Math.floor(Math.log2(most)));
}

/** Why a column is dropped. Columns of one kind share a note, with the text of the first of them. */
interface Reason {
  readonly kind: string;
  readonly text: string;
}

const EMPTY: Reason = { kind: "empty", text: "no row has a value" };
const CONSTANT: Reason = { kind: "constant", text: "every row has the same value" };
const DISTINCT: Reason = { kind: "distinct", text: "every value is different, as in an id" };
const ID: Reason = { kind: "id", text: "every value is different, and the name looks like an id" };
const FREE_TEXT: Reason = { kind: "free text", text: "too many values are different, as in an id or free text" };

function notUsed(dropped: readonly { readonly column: Column; readonly reason: Reason | undefined }[]): string {
  const [{ column, reason }] = dropped as [(typeof dropped)[number]];
  if (dropped.length === 1) return `column "${column.name}" is not used: ${reason!.text}`;
  const names = dropped.map((each) => JSON.stringify(each.column.name));
  return `${dropped.length} columns are not used: ${reason!.text}: ${listed(names)}`;
}

function reasonToDrop(column: Column, task: Task): Reason | undefined {
  return column.kind === "category" ? reasonToDropText(column, task) : reasonToDropNumber(column);
}

/** A number and what it counts: "2.91 kg", "850 g", "236.8V". Codes have their letters first. */
const MEASURE = /^[-+]?\d[\d.,]*\s*[\p{L}°µ%][\p{L}²³/%°]{0,5}$/u;
/** A word, a year and a day, in any order: "5. März 2023", "2024-10-20 02:00:00 CEST". */
const WORDED_DATE = /^(?=.*\p{L}{3})(?=.*\b(19|20)\d\d\b)(?=.*\b\d{1,2}\b)[\p{L}\d.,:/ -]*$/u;
const NUMBER_OR_DATE = /^\s*([-+]?(\d[\d.,]*|[.,]\d+)|\d{1,4}([-/.])\d{1,2}\3\d{1,4})\s*$/;
/** Year first, compact or not, or a week; any time may follow. */
const ISO_DATE =
  /^\s*(19|20)\d\d([-/.]?(0?[1-9]|1[0-2])[-/.]?(0?[1-9]|[12]\d|3[01])|-?W[0-5]\d(-?[1-7])?)([T ]\d.*)?\s*$/i;
/** What a cast does not read, as DuckDB's strptime spells it. */
const COMPACT_DATES = "['%Y%m%d', '%Y%m%dT%H%M', '%Y%m%dT%H%M%S', '%Y%m%dT%H%M%SZ', '%Y-%m-%dT%H', '%G-W%V-%u']";
const LOOKED_AT = 200;

/** Why a text column with many values is dropped that may be more than an id: its values are numbers or dates in words. */
function disguised({ name, categories }: CategoryColumn, counts: ArrayLike<number>): Reason | undefined {
  const some = categories.slice(0, LOOKED_AT);
  const isMostly = (pattern: RegExp): boolean =>
    some.filter((text) => text.length < 40 && pattern.test(text)).length > some.length / 2;
  const such = `the values are text such as ${JSON.stringify(some[0]!)}`;
  const unread = categories.filter((text) => parseDate(text) === undefined);
  if (isMostly(ISO_DATE) && unread.length > 0) {
    const cells = categories.reduce((sum, text, code) => sum + (unread.includes(text) ? counts[code]! : 0), 0);
    const cure = selectHint(
      name,
      (text) => `coalesce(TRY_CAST(${text} AS TIMESTAMP), try_strptime(${text}, ${COMPACT_DATES}))`,
    );
    const but = `${counted(cells, "cell")} cannot be read (e.g. ${JSON.stringify(unread[0])}); correct them, or ${cure}`;
    return { kind: "dates", text: `the values look like dates, but ${but}, which leaves other cells empty` };
  }
  const odd = categories.find((text) => !NUMBER_OR_DATE.test(text));
  if (odd !== undefined && isMostly(NUMBER_OR_DATE)) {
    const but = `but not all, such as ${JSON.stringify(odd)}; see the notes of ingest`;
    return { kind: "numbers or dates", text: `most values look like numbers or dates, ${but}` };
  }
  if (isMostly(MEASURE)) {
    const cure = selectHint(name, (text) => `TRY_CAST(regexp_extract(${text}, '[-+]?[0-9.]+') AS DOUBLE)`);
    return { kind: "measures", text: `${such}; if they are numbers of one unit, ${cure}` };
  }
  if (!isMostly(WORDED_DATE)) return undefined;
  const cure = selectHint(name, (text) => `try_strptime(${text}, '%d %B %Y')`);
  return { kind: "dates in words", text: `${such}; if they are dates, ${cure}, with their order and words` };
}

function reasonToDropText(column: CategoryColumn, task: Task): Reason | undefined {
  const { codes } = column;
  const counts = rowsByCode(column);
  const distinct = counts.filter((count) => count > 0).length;
  const present = counts.reduce((sum, count) => sum + count, 0);
  if (present === 0) return EMPTY;
  if (distinct === 1 && present === codes.length) return CONSTANT;
  if (distinct === present && distinct > 2) return disguised(column, counts) ?? DISTINCT;
  const isTooMany = task === "multiclass" && distinct > MAX_CATEGORIES;
  const isMostlyDistinct = codes.length >= FREE_TEXT_ROWS && distinct > FREE_TEXT_SHARE * codes.length;
  return isTooMany || isMostlyDistinct ? (disguised(column, counts) ?? FREE_TEXT) : undefined;
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
