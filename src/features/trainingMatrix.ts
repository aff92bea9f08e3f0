/** Feature matrix of the rows that the transforms were fitted on. */
import type { Matrix } from "../core/table/matrix.ts";
import type { FittedTransform } from "../core/records/model.ts";
import type { Table } from "../core/table/table.ts";
import type { TransformContext } from "../core/transform.ts";
import { featureMatrix } from "./featureMatrix.ts";
import { findTransform } from "./findTransform.ts";

/** Like `featureMatrix`, but transforms may treat training rows differently (out-of-fold target encoding). */
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
