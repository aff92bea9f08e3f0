/** Fits odd cases one after the other and reports each; a case that does not end is ended with the thread. */
import { parentPort, workerData } from "node:worker_threads";
import { MlctlError } from "../../dist/core/errors.js";
import { estimators } from "../../dist/estimators/index.js";
import { computeMetrics } from "../../dist/metrics/findMetric.js";
import { fitCandidate } from "../../dist/pipeline/fit/fitCandidate.js";
import { predictor } from "../../dist/pipeline/predict/predictor.js";
import { selectRows } from "../../dist/core/table/table.js";
import { formatJson } from "../../dist/storage/model/modelFile.js";
import { driftTests } from "../../dist/drift/index.js";
import { bootstrapInterval } from "../../dist/metrics/bootstrapInterval.js";
import { metrics } from "../../dist/metrics/index.js";
import { bestThreshold, fitCalibration } from "../../dist/pipeline/fit/bestThreshold.js";
import { columnStatistics } from "../../dist/stats/descriptive.js";
import { oddCase, oddSamples } from "./oddCases.js";

const { first, count } = workerData;
const report = (message) => parentPort.postMessage(message, []);
for (let seed = first; seed < first + count; seed++) {
  const { words, types, ...work } = oddCase(seed);
  report({ seed, started: words });
  report({ seed, types: [], ...statisticsOf(seed) });
  report({ seed, family: work.candidate.family, types, ...(await outcomeOf(work)) });
}

async function outcomeOf({ candidate, data, split }) {
  try {
    const { evaluation, importance, notes: _, ...model } = await fitCandidate(candidate, data, split);
    const rows = selectRows(data.inputs, split.validation);
    // Throws if a number of the state cannot be written.
    const again = JSON.parse(formatJson(model));
    const { yPred, probabilities } = predictor(again)(rows);
    // The history of a family with own features, such as naive, is that of the training rows here, of all rows above.
    const same =
      estimators[candidate.family].features !== undefined ||
      (equal(yPred, evaluation.yPred) && (probabilities === null || equal(probabilities, evaluation.probabilities)));
    if (!same) return { problem: "the state does not read back to the same predictions" };
    if (!yPred.every(Number.isFinite)) return { problem: "a prediction is not finite" };
    if (importance.some(([, value]) => !(value >= 0 && value < Infinity)))
      return { problem: `importance: ${importance}` };
    computeMetrics(evaluation);
    return { family: candidate.family, fitted: estimators[candidate.family].family };
  } catch (error) {
    if (error instanceof MlctlError && error.kind !== "failure") return { refused: error.message };
    return { problem: error.stack };
  }
}

/** Every drift test, metric, interval, calibration and threshold search, of which each ends. */
function statisticsOf(seed) {
  const { left, right, probabilities, y, yTrue, yPred, counts } = oddSamples(seed);
  const binary = {
    task: "binary",
    classCount: 2,
    yTrue: y,
    yPred: probabilities.map((share) => (share >= 0.5 ? 1 : 0)),
    probabilities,
  };
  const regression = { task: "regression", classCount: 0, yTrue, yPred, probabilities: null };
  const works = [
    ...Object.values(driftTests).map(
      ({ input, compare }) =>
        () =>
          input === "values" ? compare(left, right) : compare(...counts),
    ),
    () => columnStatistics(left),
    () => fitCalibration(probabilities, y),
    ...[binary, regression].flatMap((evaluation) => [
      () => computeMetrics(evaluation),
      ...metricsOf(evaluation).map((metric) => () => bootstrapInterval(evaluation, metric, { seed: 1, resamples: 5 })),
    ]),
    ...metricsOf(binary).map(
      ({ name }) =>
        () =>
          bestThreshold(y, probabilities, name),
    ),
  ];
  try {
    works.forEach(endsOrRefuses);
    return { family: "statistics", fitted: "statistics" };
  } catch (error) {
    return { problem: error.stack };
  }
}

function metricsOf({ task }) {
  return Object.values(metrics).filter(({ tasks, needsCosts }) => tasks.includes(task) && needsCosts !== true);
}

/** @throws what is neither about the values nor about their number */
function endsOrRefuses(work) {
  try {
    work();
  } catch (error) {
    if (!(error instanceof RangeError || (error instanceof MlctlError && error.kind === "data"))) throw error;
  }
}

/** JSON has no −0. */
function equal(a, b) {
  return a.length === b.length && a.every((value, i) => value === b[i] || Object.is(value, b[i]));
}
