/** Chooses the weights of an ensemble by greedy forward selection with replacement on predictions of unseen rows. */
import type { Task } from "../../core/table/table.ts";
import { fromMargins, marginsOf, ensembleState, type FittedMember } from "../../estimators/ensemble.ts";
import { sampledRows } from "../../stats/samplePositions.ts";
import type { FittedEstimator } from "../../core/estimator.ts";
import type { JsonObject } from "../../core/json.ts";
import type { FittedTransform } from "../../core/records/model.ts";
import type { SelectState } from "../../features/select.ts";

interface Library {
  readonly task: Task;
  readonly classCount: number;
  readonly y: Float64Array;
  /** Of each model, in the layout of `Predictor.predict`. */
  readonly predictions: readonly Float64Array[];
}

const ROUNDS = 25;
const MOST_MEMBERS = 8;
const SMALLEST_WEIGHT = 0.06;
const MOST_ROWS = 50_000;
/** Share of the loss of the best model. */
const MIN_GAIN = 0.002;

/**
 * Log loss for classes, squared error for numbers.
 * @returns one weight per model, which sum to 1; undefined if no ensemble is better than the best model
 * @see Caruana, Niculescu-Mizil, Crew and Ksikes, Ensemble Selection from Libraries of Models (2004)
 */
export function selectEnsemble(all: Library): Float64Array | undefined {
  const library = thinned(all);
  const { task, predictions } = library;
  const margins = predictions.map((predicted) => marginsOf(predicted, task));
  const count = margins.length;
  const alone = margins.map((own) => lossOf(library, own));
  const best = alone.indexOf(Math.min(...alone));
  const bag = Float64Array.from({ length: count }, (_, i) => (i === best ? 1 : 0));
  const sums = Float64Array.from(margins[best]!);
  let found = { weights: bag.slice(), loss: alone[best]! };
  for (let size = 2; size <= ROUNDS; size++) {
    const isFull = bag.filter((times) => times > 0).length === MOST_MEMBERS;
    const losses = margins.map((own, m) => {
      if (isFull && bag[m] === 0) return Infinity;
      const mean = sums.map((sum, i) => (sum + own[i]!) / size);
      return lossOf(library, mean);
    });
    const loss = Math.min(...losses);
    const next = losses.indexOf(loss);
    if (next < 0) break;
    bag[next]!++;
    margins[next]!.forEach((margin, i) => (sums[i]! += margin));
    if (loss < found.loss) found = { weights: bag.map((times) => times / size), loss };
  }
  const kept = found.weights.map((weight) => (weight < SMALLEST_WEIGHT ? 0 : weight));
  const total = kept.reduce((sum, weight) => sum + weight, 0);
  const weights = kept.map((weight) => weight / total);
  const isWorth = lossOf(library, weightedSum(margins, weights)) < alone[best]! * (1 - MIN_GAIN);
  return isWorth && weights.filter((weight) => weight > 0).length > 1 ? weights : undefined;
}

/** The weights hardly change with more rows. */
function thinned(library: Library): Library {
  const { y, predictions } = library;
  if (y.length <= MOST_ROWS) return library;
  const rows = sampledRows(y.length, MOST_ROWS);
  const thin = (values: Float64Array): Float64Array => {
    const width = values.length / y.length;
    const at = (i: number): number => values[rows[Math.floor(i / width)]! * width + (i % width)]!;
    return Float64Array.from({ length: rows.length * width }, (_, i) => at(i));
  };
  return { ...library, y: thin(y), predictions: predictions.map(thin) };
}

export function blended({ task, classCount, predictions }: Omit<Library, "y">, weights: Float64Array): Float64Array {
  const margins = predictions.map((predicted) => marginsOf(predicted, task));
  return fromMargins(weightedSum(margins, weights), { task, classCount });
}

function weightedSum(margins: readonly Float64Array[], weights: Float64Array): Float64Array {
  const sums = new Float64Array(margins[0]!.length);
  for (const [m, own] of margins.entries())
    if (weights[m]! > 0) for (let i = 0; i < sums.length; i++) sums[i]! += weights[m]! * own[i]!;
  return sums;
}

/** @param margins in the layout of the predictions */
function lossOf({ task, classCount, y }: Library, margins: Float64Array): number {
  const predicted = fromMargins(margins, { task, classCount });
  let sum = 0;
  for (let row = 0; row < y.length; row++) {
    if (task === "regression") sum += (predicted[row]! - y[row]!) ** 2;
    else if (task === "binary") sum -= Math.log(Math.max(1e-15, y[row] === 1 ? predicted[row]! : 1 - predicted[row]!));
    else sum -= Math.log(Math.max(1e-15, predicted[row * classCount + y[row]!]!));
  }
  // Of squared errors the root, so that a gain counts alike for both.
  return task === "regression" ? Math.sqrt(sum / y.length) : sum / y.length;
}

export interface MemberFit {
  readonly weight: number;
  readonly transforms: readonly FittedTransform[];
  readonly estimator: FittedEstimator;
  readonly notes: readonly string[];
}

/** Members with the same transforms share their features. */
export function composeEnsemble(members: readonly MemberFit[]): Omit<MemberFit, "weight"> {
  const groups = Map.groupBy(members, ({ transforms }) => JSON.stringify(transforms));
  const branches = Array.from(groups.values(), ([first], i) => ({
    prefix: groups.size === 1 ? "" : `${i + 1}.`,
    transforms: first!.transforms,
    featureNames: first!.estimator.featureNames,
  }));
  const places = new Map<MemberFit, readonly [from: number, to: number]>();
  let from = 0;
  for (const [i, group] of [...groups.values()].entries()) {
    const to = from + branches[i]!.featureNames.length;
    for (const member of group) places.set(member, [from, to]);
    from = to;
  }
  // In the given order, in which their margins were added up before: sums of numbers depend on it.
  const fitted = members.map((member): FittedMember => {
    const [first, end] = places.get(member)!;
    return { weight: member.weight, from: first, to: end, estimator: member.estimator };
  });
  const [{ task, classCount }] = members.map(({ estimator }) => estimator) as [FittedEstimator];
  const params = members.map(({ weight, estimator }) => ({
    family: estimator.family,
    params: estimator.params,
    weight,
  }));
  return {
    transforms: branches.length === 1 ? branches[0]!.transforms : sideBySide(branches),
    estimator: {
      family: "ensemble",
      params: { members: params },
      featureNames: branches.flatMap(({ prefix, featureNames }) => featureNames.map((name) => `${prefix}${name}`)),
      task,
      classCount,
      state: ensembleState(fitted),
    },
    notes: [...new Set(members.flatMap(({ notes }) => notes))],
  };
}

function sideBySide(branches: readonly { readonly prefix: string; readonly transforms: readonly FittedTransform[] }[]) {
  // Every list of transforms starts with the columns that it needs.
  const needed = branches.flatMap(({ transforms }) => (transforms[0]!.state as SelectState).columns);
  const columns = needed.filter(({ name }, i) => needed.findIndex((each) => each.name === name) === i);
  const state = { branches: branches.map(({ prefix, transforms }) => ({ prefix, transforms })) };
  return [
    { type: "select", state: { columns } },
    { type: "branches", state: state as unknown as JsonObject },
  ];
}
