/** Reproducible samples: the same numbers in these tests and in the Python code that computed the golden values. */
export type Sample = readonly [count: number, seed: number, shift?: number, steps?: number];

/** Uniform numbers from x' = (1664525 x + 1013904223) mod 2³², shifted, and rounded down to steps to create ties. */
export function lcgSample([count, seed, shift = 0, steps = 0]: Sample): Float64Array {
  let x = seed;
  return Float64Array.from({ length: count }, () => {
    x = (Math.imul(1664525, x) + 1013904223) >>> 0;
    const value = x / 2 ** 32 + shift;
    return steps === 0 ? value : Math.floor(value * steps) / steps;
  });
}
