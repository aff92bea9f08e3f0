/** Computes the feature matrix of a table; the only path from rows to features. */
import type { Matrix } from "../core/table/matrix.ts";
import type { FittedTransform } from "../core/records/model.ts";
import type { Table } from "../core/table/table.ts";
import { compileTransforms } from "./compileTransforms.ts";

/** Features in training order, (n_samples × n_features). To transform many tables, call `compileTransforms` once instead. */
export function featureMatrix(table: Table, transforms: readonly FittedTransform[]): Matrix {
  return compileTransforms(transforms)(table);
}
