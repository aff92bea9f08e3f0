/** "Did you mean …?" for commands, flags, columns, families, metrics and run ids. */
import { listed } from "./listed.ts";

/** The closest by edit distance; undefined if more than a third differs: a far-fetched one is worse than none. */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  // "positive" for "positive_class"; never for a short word, which many begin with.
  const longer =
    word.length < 4 ? [] : [...candidates].filter((each) => each.toLowerCase().startsWith(`${word.toLowerCase()}_`));
  if (longer.length === 1) return longer[0];
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const candidate of candidates) {
    const distance = editDistance(word.trim().toLowerCase(), candidate.trim().toLowerCase());
    const limit = Math.max(1, Math.floor(Math.max(word.length, candidate.length) / 3));
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
