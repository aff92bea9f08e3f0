/** What a candidate predicts for rows that it has not seen, and the decision that follows from it. */
import type { Evaluation } from "../../core/metric.ts";
import { selectValues } from "../../core/table/selectRows.ts";
import { concatenated } from "../../stats/concatenated.ts";
import { applyThreshold } from "../predict/applyThreshold.ts";
import { calibrate } from "../predict/calibrate.ts";
import { predictor, type PredictingModel } from "../predict/predictor.ts";
import type { Candidate } from "./candidate.ts";
import { decisionFrom, fitOn, type Decision, type FitHooks } from "./fitCandidate.ts";
import { partsOf, type TrainingData } from "./partOf.ts";
import type { Split } from "./splitRows.ts";

/** Rows of one fold, or the validation rows. */
export interface Unseen {
  /** Positions in the data, ascending. */
  readonly rows: Int32Array;
  /** Values, or probabilities before calibration, (n_rows) or (n_rows × n_classes). */
  readonly raw: Float64Array;
}

/** Fits on the training rows of the fold. */
export async function predictUnseen(
  candidate: Candidate,
  data: TrainingData,
  fold: Split,
  hooks: FitHooks,
): Promise<Unseen> {
  const { training, validation } = partsOf(data, fold);
  const fitted = await fitOn(candidate, training, hooks);
  return { rows: fold.validation, raw: rawPredictions(fitted, validation) };
}

/** Predictions before calibration and threshold. */
export function rawPredictions(fitted: Omit<PredictingModel, "threshold">, { inputs }: TrainingData): Float64Array {
  const { estimator, transforms } = fitted;
  const { probabilities, yPred } = predictor({ transforms, estimator, threshold: null })(inputs);
  return probabilities ?? yPred;
}

/** Threshold and calibration from all rows that were not seen. */
export function decisionOn(candidate: Candidate, { y, target }: TrainingData, parts: readonly Unseen[]): Decision {
  if (target.task !== "binary") return { threshold: null };
  return decisionFrom(candidate, {
    y: concatenated(parts.map(({ rows }) => selectValues(y, rows))),
    probabilities: concatenated(parts.map(({ raw }) => raw)),
  });
}

export function evaluationOf(
  { rows, raw }: Unseen,
  { y, target }: TrainingData,
  { threshold, calibration, costs }: Decision & Pick<Candidate, "costs">,
): Evaluation {
  const common = { task: target.task, classCount: target.classes?.length ?? 0 };
  const prediction = applyThreshold(calibrate(raw, calibration), { ...common, threshold });
  return { ...common, yTrue: selectValues(y, rows), costs, ...prediction };
}
