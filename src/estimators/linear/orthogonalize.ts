/** Gram–Schmidt: writes vectors as sums of orthogonal ones. */
import type { Turns } from "../turns.ts";

export interface Orthogonal {
  /** Orthogonal unit vectors; fewer than the given ones if these depend on each other. */
  readonly axes: readonly Float64Array[];
  /** parts[k][j]: what vector j has of axis k; 0 if vector j came before. */
  readonly parts: readonly Float64Array[];
  /** The vector that each axis comes from. */
  readonly order: readonly number[];
}

/**
 * Takes the longest remainder next, until none is longer than `floor` times the longest vector. Each axis is made
 * orthogonal to the earlier ones a second time, which is enough for full precision. O(n² m) for n vectors of length m.
 * @param vectors overwritten; their squares must neither overflow nor vanish
 * @see Giraud, Langou & Rozložník, On the round-off error analysis of the Gram–Schmidt algorithm (2005)
 */
export async function orthogonalize(
  vectors: readonly Float64Array[],
  { floor, turns }: { readonly floor: number; readonly turns: Turns },
): Promise<Orthogonal> {
  const axes: Float64Array[] = [];
  const parts: Float64Array[] = [];
  const order: number[] = [];
  const left = new Set(vectors.keys());
  const squares = vectors.map((vector) => dot(vector, vector));
  const shortest = floor * floor * Math.max(0, ...squares);
  while (left.size > 0) {
    const next = [...left].reduce((longest, j) => (squares[j]! > squares[longest]! ? j : longest));
    if (!(squares[next]! > shortest)) break;
    left.delete(next);
    const axis = vectors[next]!;
    axes.forEach((earlier, k) => (parts[k]![next]! += subtract(axis, earlier)));
    const length = Math.sqrt(dot(axis, axis));
    for (let i = 0; i < axis.length; i++) axis[i]! /= length;
    const part = new Float64Array(vectors.length);
    part[next] = length;
    for (const j of left) {
      part[j] = subtract(vectors[j]!, axis);
      squares[j] = dot(vectors[j]!, vectors[j]!);
      if (turns.isDue(3 * axis.length)) await turns.next();
    }
    axes.push(axis);
    parts.push(part);
    order.push(next);
  }
  return { axes, parts, order };
}

/** Removes from `vector` what it has of `axis`. @returns how much that was */
function subtract(vector: Float64Array, axis: Float64Array): number {
  const part = dot(vector, axis);
  for (let i = 0; i < vector.length; i++) vector[i]! -= part * axis[i]!;
  return part;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
