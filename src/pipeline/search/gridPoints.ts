/** Grid: every combination of the values of a space. */
import { isActive, valueCount, type Dimension, type Point, type Space } from "./space.ts";

/** The last parameter changes fastest. Inactive parameters are left out, so no point is repeated. */
export function gridPoints(space: Space): Point[] {
  let points: Point[] = [{}];
  for (const dimension of space) {
    points = points.flatMap((point) =>
      isActive(dimension, point)
        ? valuesOf(dimension).map((value) => ({ ...point, [dimension.name]: value }))
        : [point],
    );
  }
  return points;
}

function valuesOf(dimension: Dimension): Point[string][] {
  if (dimension.kind === "choice") return [...new Set(dimension.values)];
  const { low, step, name } = dimension;
  const count = valueCount(dimension);
  if (step === null || !Number.isFinite(count))
    throw new RangeError(`grid search needs a list of values or a step for ${name}`);
  return Array.from({ length: count }, (_, i) => Number((low + i * step).toPrecision(12)));
}
