/** The one path from row to feature. */
import type { Matrix } from "../core/table/matrix.ts";
import type { FittedTransform } from "../core/records/model.ts";
import type { Table } from "../core/table/table.ts";
import { compileTransforms } from "./compileTransforms.ts";

/** Features of `table` in the order of training, (n_samples × n_features). For rows one by one, keep `compileTransforms`. */
export function featureMatrix(table: Table, transforms: readonly FittedTransform[]): Matrix {
  return compileTransforms(transforms)(table);
}
