/** SHAP values of each input column, the sums over its features, on the test set, for model families that support them. */
import { frequentCategories, type Model } from "../../core/records/model.ts";
import { findColumn, selectRows, type Column } from "../../core/table/table.ts";
import { findEstimator } from "../../estimators/findEstimator.ts";
import { compileTransforms } from "../../features/compileTransforms.ts";
import { byInputColumn, explain, quickRows, shapUnit, type Explained } from "../../pipeline/predict/explain.ts";
import { mean } from "../../stats/descriptive.ts";
import { sampledRows } from "../../stats/samplePositions.ts";
import type { ShapFeature } from "../../plots/shapSummary.ts";
import type { ReportInput } from "../../reporting/reportInput.ts";
import { importanceByColumn, importanceLabel } from "../settings.ts";
import type { JudgedInputs } from "./reportMeans.ts";

/** Maximum number of rows: more do not change the plot, and all would take longer than the training. */
const MAX_ROWS = 500;
const MAX_CLASSES = 4;

/** Returns one summary, or one per class for multiclass. @param judged the test set; null if there is none */
export function reportShap(judged: JudgedInputs | null, model: Model): ReportInput["shap"] {
  if (judged === null || findEstimator(model.estimator.family).contributions === undefined) return [];
  const { inputs, withHistory } = judged;
  const sample = selectRows(inputs, sampledRows(inputs.rowCount, quickRows(model, MAX_ROWS)));
  const explained = explain(withHistory, sample, MAX_CLASSES);
  const summed = byInputColumn(explained);
  const matrix = compileTransforms(withHistory.transforms)(sample);
  const { target } = model.signature;
  const { classes, task, name } = target;
  const unit = shapUnit(target, explained.unit);
  const outputs = task === "multiclass" ? classes!.slice(0, MAX_CLASSES) : [classes?.[1] ?? name];
  return outputs.map((label, output) => ({
    unit: task === "regression" ? unit : `${unit} of “${label}”`,
    features: Array.from(explained.columns, ([column, places], at) => ({
      name: column,
      contributions: contributionsOf(summed, output, at),
      ...(valuesOf(findColumn(sample, column), model) ?? {
        // Only in the history, such as earlier values of the target: the first of its features.
        values: Float64Array.from(
          { length: matrix.rowCount },
          (_, row) => matrix.values[row * matrix.columnNames.length + places[0]!]!,
        ),
      }),
    })),
  }));
}

/** The mean absolute SHAP value of each column; without SHAP values of every class, the importance of the family. */
export function reportImportance(shap: ReportInput["shap"], model: Model) {
  const [first] = shap;
  const { classes = [], task } = model.signature.target;
  if (first === undefined || (task === "multiclass" && shap.length < classes.length)) {
    return { importance: importanceByColumn(model), importanceMeasure: importanceLabel(model.estimator.family) };
  }
  const unit = shap.length === 1 ? first.unit : "margin, mean of the classes";
  const sizeOf = (at: number): number =>
    mean(shap.map(({ features }) => mean(Float64Array.from(features[at]!.contributions, Math.abs))));
  const sizes = first.features.map(({ name }, at) => [name, sizeOf(at)] as const);
  const importance = sizes.toSorted((a, b) => b[1] - a[1]);
  return { importance, importanceMeasure: `Mean absolute SHAP value (${unit})` };
}

function valuesOf(
  column: Column | undefined,
  { reference }: Model,
): Pick<ShapFeature, "values" | "categories"> | undefined {
  if (column?.kind !== "category") return column;
  const shown = new Map(frequentCategories(reference.columns[column.name]));
  return {
    values: column.codes,
    categories: column.categories.map((name) => (shown.has(name) ? name : "rare values")),
  };
}

function contributionsOf({ featureNames, outputCount, values }: Explained, output: number, place: number) {
  const width = featureNames.length;
  return Float64Array.from(
    { length: values.length / (width * outputCount) },
    (_, row) => values[(row * outputCount + output) * width + place]!,
  );
}
