/** Seeded random numbers: the only source of randomness in mlctl. */

export interface Random {
  /** Uniform in [0, 1), 53 bits. */
  uniform(): number;
  /** Uniform integer in [0, bound). */
  integer(bound: number): number;
  /** Sets `counts` to how often each of its positions comes in `counts.length` calls of `integer`; takes a third of the time. */
  resample(counts: Uint32Array): void;
  /** Standard normal. */
  normal(): number;
  /** Shuffles in place (Fisher–Yates) and returns its argument. */
  shuffle<T extends Int32Array | Uint32Array | Float64Array | unknown[]>(items: T): T;
}

/**
 * xoshiro128** seeded through splitmix32; the same seed gives the same numbers on every machine.
 * @see Blackman & Vigna, Scrambled linear pseudorandom number generators (2021)
 */
export function random(seed: number): Random {
  const { next, resample } = xoshiro128(seed);
  const uniform = (): number => fraction(next(), next());
  const integer = (bound: number): number => Math.floor(uniform() * bound);
  return {
    uniform,
    integer,
    resample,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    shuffle(items) {
      for (let i = items.length - 1; i > 0; i--) {
        const j = integer(i + 1);
        const swap = items[i]!;
        items[i] = items[j]!;
        items[j] = swap;
      }
      return items;
    },
  };
}

const fraction = (first: number, second: number): number => ((first >>> 5) * 67108864 + (second >>> 6)) * 2 ** -53;

function scrambled(state: number): number {
  const times5 = Math.imul(state, 5);
  return Math.imul((times5 << 7) | (times5 >>> 25), 9);
}

function xoshiro128(seed: number): Pick<Random, "resample"> & { next(): number } {
  let mix = seed | 0;
  const splitmix = (): number => {
    mix = (mix + 0x9e3779b9) | 0;
    let z = mix ^ (mix >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return z ^ (z >>> 15);
  };
  let a = splitmix();
  let b = splitmix();
  let c = splitmix();
  let d = splitmix();
  return {
    next() {
      const result = scrambled(b);
      const shifted = b << 9;
      c ^= a;
      d ^= b;
      b ^= c;
      a ^= d;
      c ^= shifted;
      d = (d << 11) | (d >>> 21);
      return result;
    },
    resample(counts) {
      counts.fill(0);
      const bound = counts.length;
      // The same steps on local variables, which V8 keeps in registers.
      let [p, q, r, s] = [a, b, c, d];
      let first = 0;
      for (let i = 0; i < 2 * bound; i++) {
        const result = scrambled(q);
        const shifted = q << 9;
        r ^= p;
        s ^= q;
        q ^= r;
        p ^= s;
        r ^= shifted;
        s = (s << 11) | (s >>> 21);
        if ((i & 1) === 0) first = result;
        // `| 0` is Math.floor here, in half the time.
        else counts[(fraction(first, result) * bound) | 0]!++;
      }
      [a, b, c, d] = [p, q, r, s];
    },
  };
}
