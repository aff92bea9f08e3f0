/** Features of the rows that a chain was fitted on. */
import type { Matrix } from "../core/table/matrix.ts";
import type { FittedTransform } from "../core/records/model.ts";
import type { Table } from "../core/table/table.ts";
import type { TransformContext } from "../core/transform.ts";
import { featureMatrix } from "./featureMatrix.ts";
import { findTransform } from "./findTransform.ts";

/** As `featureMatrix`, but for transforms that must treat the rows they learned from unlike any others (out of fold). */
export function trainingMatrix(
  table: Table,
  transforms: readonly FittedTransform[],
  context: TransformContext,
): Matrix {
  const known = transforms.map(({ type, state }) => ({ transform: findTransform(type)!, state }));
  if (known.every(({ transform }) => transform.trainingTable === undefined)) return featureMatrix(table, transforms);
  const made = known.reduce(
    (current, { transform, state }) =>
      transform.trainingTable?.(state, current, context) ?? transform.load(state)(current),
    table,
  );
  return featureMatrix(made, []);
}
