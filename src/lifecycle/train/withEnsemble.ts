/** Adds an ensemble to the models of a training. */
import { concatenated } from "../../stats/concatenated.ts";
import { selectValues } from "../../core/table/selectRows.ts";
import { isBaseline } from "../../estimators/findEstimator.ts";
import { findTransform } from "../../features/index.ts";
import { composeEnsemble } from "../../pipeline/fit/composeEnsemble.ts";
import { blended, selectEnsemble } from "../../pipeline/fit/selectEnsemble.ts";
import { type FittedCandidate } from "../../pipeline/fit/fitCandidate.ts";
import type { PreparedData } from "./trainingData.ts";
import { judged, resultOf, type TrainedCandidate } from "./trainOne.ts";

/** Adds the weighted mean of the models, if it is better than each of them; see selectEnsemble. */
export async function withEnsemble(
  data: PreparedData,
  trained: readonly TrainedCandidate[],
): Promise<readonly TrainedCandidate[]> {
  const start = performance.now();
  const { y, target } = data;
  const library = trained.flatMap((each) => {
    const { candidate, fitted, unseen, degenerate: reason } = each;
    if (fitted === undefined || unseen === undefined || reason !== undefined || !mayBeMember(fitted)) return [];
    if (!unseen.every(({ raw }) => raw.every(Number.isFinite))) return [];
    return [{ each, candidate, fitted, unseen }];
  });
  if (data.config.train.ensemble !== true || library.length < 2) return trained;
  // A member is recorded by family and parameters.
  if (new Set(library.map(({ candidate }) => candidate.featureSet)).size > 1) return trained;
  const common = { task: target.task, classCount: target.classes?.length ?? 0 };
  const parts = library[0]!.unseen.map(({ rows }, i) => ({
    rows,
    predictions: library.map(({ unseen }) => unseen[i]!.raw),
  }));
  const weights = selectEnsemble({
    ...common,
    y: concatenated(parts.map(({ rows }) => selectValues(y, rows))),
    predictions: library.map((_, i) => concatenated(parts.map(({ predictions }) => predictions[i]!))),
  });
  if (weights === undefined) return trained;
  const members = library.flatMap(({ fitted }, i) => (weights[i]! > 0 ? [{ ...fitted, weight: weights[i]! }] : []));
  const fitted = composeEnsemble(members);
  const { family, params } = fitted.estimator;
  const candidate = { ...library[0]!.candidate, family, params };
  const unseen = parts.map(({ rows, predictions }) => ({ rows, raw: blended({ ...common, predictions }, weights) }));
  const result = resultOf(await judged(candidate, data, fitted, unseen), data);
  const weightOf = new Map(library.map(({ each }, i) => [each, weights[i]!]));
  return [
    ...trained.map((each) => ({ ...each, weight: weightOf.get(each) })),
    { candidate, family, ...result, seconds: (performance.now() - start) / 1000 },
  ];
}

/** Baselines learn nothing, and the history of look-back features is kept for one model. */
function mayBeMember({ estimator, transforms }: FittedCandidate): boolean {
  const looksBack = transforms.some(({ type }) => findTransform(type)?.looksBack !== undefined);
  return !looksBack && !isBaseline(estimator.family);
}
