/**
 * Probabilities from margins, in place: exp(margin) as a share of the sum over its row. −∞ gives 0.
 * @param margins row-major, (n_samples × n_classes)
 */
export function softmax(margins: Float64Array, classCount: number): Float64Array {
  for (let start = 0; start < margins.length; start += classCount) {
    const end = start + classCount;
    let largest = -Infinity; // subtracted, so that exp does not overflow
    for (let at = start; at < end; at++) if (margins[at]! > largest) largest = margins[at]!;
    let sum = 0;
    for (let at = start; at < end; at++) sum += margins[at] = Math.exp(margins[at]! - largest);
    for (let at = start; at < end; at++) margins[at]! /= sum;
  }
  return margins;
}
