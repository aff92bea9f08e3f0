/** Tells ratings and counts from class codes among integer targets with few distinct values. */

/** Fewer values or rows look ordered by chance. */
const MIN_VALUES = 5;
const MIN_ROWS = 30;

/** The most frequent value must be this much more frequent than the least frequent: balanced classes are flat. */
const PEAK = 1.5;

/** A word of the column's name that means an amount or a rating. */
const amounts = /^(ratings?|scores?|stars?|quality|grades?|satisfaction|counts?|points|likes?)$/i;

/**
 * Ratings and counts become rarer on both sides of one most frequent value; class codes have frequencies in any order.
 * A choice: of five class codes in random order one in eight would look ordered, of seven one in eighty.
 * @param counts number of rows by value, in ascending order of the values
 */
export function looksOrdered(name: string, counts: readonly number[]): boolean {
  if (counts.length > 2 && wordsOf(name).some((word) => amounts.test(word))) return true;
  const rows = counts.reduce((sum, count) => sum + count, 0);
  if (counts.length < MIN_VALUES || rows < MIN_ROWS) return false;
  const most = Math.max(...counts);
  const peak = counts.indexOf(most);
  const hasOnePeak = counts.every(
    (count, i) => i === 0 || (i <= peak ? count >= counts[i - 1]! : count <= counts[i - 1]!),
  );
  return hasOnePeak && most >= PEAK * Math.min(...counts);
}

function wordsOf(name: string): string[] {
  return name.split(/[^A-Za-z]+|(?<=[a-z])(?=[A-Z])/);
}
