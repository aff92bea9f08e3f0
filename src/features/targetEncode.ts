/** Target encoding: replaces a category by the smoothed mean of the target over its training rows. */
import { param } from "../core/paramSpec.ts";
import { MlctlError } from "../core/errors.ts";
import { graphColumn } from "../core/onnx.ts";
import { random } from "../core/random.ts";
import type { CategoryColumn, NumberColumn } from "../core/table/table.ts";
import type { Transform, TransformContext } from "../core/transform.ts";
import { columnTransform, codeLookup, mapColumns } from "./mapColumns.ts";
import { lookUp } from "./onnx/lookUp.ts";

type Encoding = { readonly values: readonly (readonly [string, number])[]; readonly missing: number };

type TargetEncodeState = {
  readonly columns: readonly ({ readonly name: string } & Encoding)[];
  /** Mean of the target over the training rows, for unseen categories. */
  readonly prior: number;
  readonly smoothing: number;
  readonly folds: number;
};

/**
 * (sum of y + smoothing · mean) / (rows + smoothing); for two classes y is 0 or 1. Missing is its own category.
 * Training rows are encoded out of fold: otherwise each would see its own target and the model would overfit the column.
 */
export const targetEncode: Transform<TargetEncodeState> = {
  ...columnTransform<TargetEncodeState, "category", { smoothing: number; folds: number }>({
    type: "target_encode",
    description: "replaces a category by the smoothed mean of the target over its rows, out of fold in training",
    kind: "category",
    options: [
      param(
        "smoothing",
        { type: "number", default: 10, minimum: 0 },
        "weight of the overall mean, as a number of rows added to each category",
      ),
      param("folds", { type: "integer", default: 5, minimum: 2 }, "number of folds to encode the training rows"),
    ],
    fit(chosen, { smoothing, folds }, { context }) {
      const y = targetOf(context);
      const prior = meanOf(y);
      const columns = chosen.map((column) => ({ name: column.name, ...encoding(column, { y, prior, smoothing }) }));
      return { columns, prior, smoothing, folds };
    },
    replace({ values, missing }, { prior }) {
      const lookup = codeLookup(new Map(values), prior);
      return (column) => [encoded(column, lookup(column), missing)];
    },
    toOnnx: (graph, from, { name, values, missing }, { prior }) => [
      graphColumn(name, lookUp(graph, from, { valueOf: new Map(values), missing, otherwise: prior })),
    ],
  }),
  trainingTable(state, table, context) {
    const y = targetOf(context);
    const foldOf = assignFolds(table.rowCount, state.folds, context.seed);
    return mapColumns("category", state.columns, () => (column) => [outOfFold(column, { ...state, y, foldOf })])(table);
  },
};

function targetOf({ task, y }: TransformContext): Float64Array {
  if (y !== undefined && task !== "multiclass") return y;
  throw new MlctlError("usage", "needs a binary or numeric target", { hint: "use one_hot" });
}

interface Fold {
  readonly foldOf: Int32Array;
  readonly fold: number;
}

function meanOf(y: Float64Array, out?: Fold): number {
  let [sum, count] = [0, 0];
  for (let row = 0; row < y.length; row++) {
    if (out !== undefined && out.foldOf[row] === out.fold) continue;
    sum += y[row]!;
    count++;
  }
  return count === 0 ? 0 : sum / count;
}

interface Means {
  readonly y: Float64Array;
  readonly prior: number;
  readonly smoothing: number;
}

function encoding(column: CategoryColumn, { y, prior, smoothing }: Means, out?: Fold): Encoding {
  const sums = new Float64Array(column.categories.length + 1);
  const counts = new Float64Array(column.categories.length + 1);
  for (let row = 0; row < y.length; row++) {
    if (out !== undefined && out.foldOf[row] === out.fold) continue;
    const index = column.codes[row]! + 1; // missing is −1
    sums[index]! += y[row]!;
    counts[index]!++;
  }
  const smoothed = (index: number): number =>
    counts[index]! + smoothing === 0 ? prior : (sums[index]! + smoothing * prior) / (counts[index]! + smoothing);
  const values = column.categories.map((category, code) => [category, smoothed(code + 1)] as const);
  return { values: values.filter((_, code) => counts[code + 1]! > 0), missing: smoothed(0) };
}

function encoded(column: CategoryColumn, valueOf: (code: number) => number, missing: number): NumberColumn {
  const values = Float64Array.from(column.codes, (code) => (code < 0 ? missing : valueOf(code)));
  return { kind: "number", name: column.name, values };
}

function assignFolds(rowCount: number, folds: number, seed: number): Int32Array {
  const foldOf = new Int32Array(rowCount);
  random(seed)
    .shuffle(Int32Array.from(foldOf.keys()))
    .forEach((row, i) => (foldOf[row] = i % folds));
  return foldOf;
}

/** Encodes each row by the rows of the other folds only. */
function outOfFold(
  column: CategoryColumn,
  { y, foldOf, folds, smoothing }: Omit<Means, "prior"> & { readonly foldOf: Int32Array; readonly folds: number },
): NumberColumn {
  const values = new Float64Array(column.codes.length);
  for (let fold = 0; fold < folds; fold++) {
    const prior = meanOf(y, { foldOf, fold });
    const { values: pairs, missing } = encoding(column, { y, prior, smoothing }, { foldOf, fold });
    const foldValues = encoded(column, codeLookup(new Map(pairs), prior)(column), missing);
    foldOf.forEach((own, row) => {
      if (own === fold) values[row] = foldValues.values[row]!;
    });
  }
  return { kind: "number", name: column.name, values };
}
