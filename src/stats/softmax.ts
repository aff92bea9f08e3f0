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

/** Keeps the logarithms of 0 and 1 finite. */
export const SMALLEST_SHARE = 1e-12;

function bounded(share: number): number {
  return Math.min(Math.max(share, SMALLEST_SHARE), 1 - SMALLEST_SHARE);
}

/** The margin of a probability among several, up to a constant: its logarithm, finite for 0. */
export function logShare(probability: number): number {
  return Math.log(bounded(probability));
}

/** The margin of a probability of two classes, finite for 0 and 1. */
export function logOdds(probability: number): number {
  const share = bounded(probability);
  return Math.log(share / (1 - share));
}
