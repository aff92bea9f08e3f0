/** Writes the probabilities of all classes of a row as JSON. */

/**
 * @param labels by code
 * @param isBinary there is one probability a row
 * @returns a function that takes a model's probabilities (binary: of the positive class; else all classes row by row), and
 *   returns one that writes those of a row: {"no":0.25,"yes":0.75}
 */
export function classProbabilities(labels: readonly (string | number)[], isBinary: boolean) {
  const keys = labels.map((label, code) => `${code === 0 ? "{" : ","}${JSON.stringify(String(label))}:`);
  return (probabilities: ArrayLike<number>) =>
    (row: number): string => {
      if (isBinary) return `${keys[0]}${1 - probabilities[row]!}${keys[1]}${probabilities[row]!}}`;
      return `${keys.map((key, code) => key + probabilities[row * keys.length + code]!).join("")}}`;
    };
}
