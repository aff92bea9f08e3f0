/** "Did you mean …?" for commands, flags, columns, families, metrics and run ids. */
import { listed } from "./format.ts";

/** The closest by edit distance; undefined if more than a third differs: a far-fetched one is worse than none. */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  // "positive" for "positive_class"; never for a short word, which many begin with.
  const extended =
    word.length < 4 ? [] : [...candidates].filter((each) => each.toLowerCase().startsWith(`${word.toLowerCase()}_`));
  if (extended.length === 1) return extended[0];
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const candidate of candidates) {
    const distance = editDistance(word.trim().toLowerCase(), candidate.trim().toLowerCase());
    const longer = Math.max(word.length, candidate.length);
    // Single characters have no part in common.
    const limit = longer === 1 ? 0 : Math.max(1, Math.floor(longer / 3));
    if (distance <= limit && distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours each cost 1. */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let cost = Math.min(previous[j]! + 1, current[j - 1]! + 1, substitution);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) cost = Math.min(cost, beforePrevious[j - 2]! + 1);
      current.push(cost);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length]!;
}

export function didYouMean<Otherwise extends string | undefined>(
  word: string,
  candidates: Iterable<string>,
  otherwise?: Otherwise,
): string | Otherwise {
  const closest = suggest(word, candidates);
  return closest === undefined ? (otherwise as Otherwise) : `did you mean "${closest}"?`;
}

/** Hint for an unknown column: one with a similar name, if the name is known, else the first `limit` columns. */
export function columnHint(name: string | undefined, columns: readonly string[], limit = 20): string {
  const available = `available columns: ${listed(columns, limit)}`;
  return name === undefined ? available : didYouMean(name, columns, available);
}

/** Keywords that DuckDB 1.5 rejects as an unquoted column name (each word of duckdb_keywords() was tried). */
const RESERVED = new Set(
  `
  all analyse analyze and anti any array as asc asof asymmetric at authorization binary both by case cast check
  collate collation column concurrently constraint create cross default deferrable desc describe distinct do
  else end except false fetch for foreign freeze from full glob group having ilike in initially inner intersect
  into is isnull join lambda lateral leading left like limit natural not notnull null offset on only or order
  outer overlaps pivot pivot_longer pivot_wider placing positional primary qualify references returning right
  select semi show similar some summarize symmetric table tablesample then to trailing true union unique unpack
  unpivot using variadic verbose when where window with
`.split(/\s+/),
);

/**
 * @param expression returns SQL; `text` is SQL for the column as text, because it is numbers in a file without the odd
 *   cells that make it text in another
 */
export function selectHint(column: string, expression: (text: string) => string): string {
  const isBare = /^[A-Za-z_][A-Za-z0-9_]*$/.test(column) && !RESERVED.has(column.toLowerCase());
  const name = isBare ? column : `"${column.replaceAll('"', '""')}"`;
  const select = { [column]: expression(`CAST(${name} AS VARCHAR)`) };
  return `set "ingest.select": ${JSON.stringify(select)
    .replace(/^\{(.*)\}$/s, "{ $1 }")
    .replace('":"', '": "')} in config.json`;
}
