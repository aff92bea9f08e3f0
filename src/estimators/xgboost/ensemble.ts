/** TreeEnsemble: boosted trees as plain JSON, the same from every engine, and all that prediction needs. */
import type { FittedEstimator } from "../../core/estimator.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import { finiteNumber, isNumberList, unfit } from "../fittedState.ts";
import { objectiveNames, type Objective } from "./objectives.ts";

/**
 * One tree, a list entry a node, node 0 the root. A row goes left where its float32 value is below `value`, right
 * where it is not, and the way of `missingLeft` where it has none. All numbers are float32, printed shortest.
 */
export type Tree = {
  /** Column tested, −1 in a leaf. */
  readonly feature: readonly number[];
  /** Threshold, in a leaf its answer. */
  readonly value: readonly number[];
  /** Left child, the right one stands behind it; 0 in a leaf. */
  readonly left: readonly number[];
  /** 1 where missing values go left. */
  readonly missingLeft: readonly number[];
  /** What the split took off the loss; 0 in a leaf. */
  readonly gain: readonly number[];
  /** Sum of the second derivatives of the training rows that came by: their number, for squared error. */
  readonly cover: readonly number[];
};

export type TreeEnsemble = {
  readonly objective: Objective;
  /** Added to the sum of the leaves, before exp, sigmoid or softmax. */
  readonly baseMargin: number;
  /** Trees t, t + outputCount, … add up to output t: 1, or the number of classes. */
  readonly outputCount: number;
  readonly trees: readonly Tree[];
};

/**
 * Trees found sound, with the number of features they were checked for: a search cuts one model to several lengths and
 * loads each, and checking the same trees every time took a fifth of it.
 */
const soundTrees = new WeakMap<object, number>();

/** Of a node, beside `feature`. */
const LISTS = ["value", "left", "missingLeft", "gain", "cover"] as const;

/** @throws {MlctlError} kind "data" where the state is not an ensemble whose every walk ends in a leaf */
export function readEnsemble(fitted: FittedEstimator): TreeEnsemble {
  const state: JsonObject = fitted.state;
  const objective = objectiveNames.find((name) => name === state.objective);
  if (objective === undefined) throw unfit(fitted, "objective", `one of ${objectiveNames.join(", ")}`);
  const outputCount = finiteNumber(fitted, "outputCount", state.outputCount);
  if (outputCount !== Math.max(1, fitted.classCount > 2 ? fitted.classCount : 1)) {
    throw unfit(fitted, "outputCount", "the number of classes");
  }
  const baseMargin = finiteNumber(fitted, "baseMargin", state.baseMargin);
  const trees: Json = state.trees ?? null;
  if (!Array.isArray(trees)) throw unfit(fitted, "trees", "a list");
  trees.forEach((tree: Json, index) => checkTree(fitted, tree, index));
  return { objective, baseMargin, outputCount, trees: trees as readonly Tree[] };
}

/** Children behind their parents and inside the tree: no walk leaves it or goes round in a circle. */
function checkTree(fitted: FittedEstimator, tree: Json, index: number): void {
  const key = `trees[${index}]`;
  if (tree === null || typeof tree !== "object" || Array.isArray(tree)) throw unfit(fitted, key, "a tree");
  const width = fitted.featureNames.length;
  if (soundTrees.get(tree) === width) return;
  const { feature, ...lists } = tree as JsonObject;
  if (!isNumberList(feature)) throw unfit(fitted, `${key}.feature`, "a list of numbers");
  const size = feature.length;
  for (const name of LISTS) {
    const list = lists[name];
    if (!isNumberList(list) || list.length !== size) throw unfit(fitted, `${key}.${name}`, `a list of ${size} numbers`);
  }
  const left = lists.left as readonly number[];
  if (size === 0) throw unfit(fitted, key, "a tree");
  for (let node = 0; node < size; node++) {
    const column = feature[node]!;
    if (column === -1) continue;
    const isColumn = Number.isInteger(column) && column >= 0 && column < width;
    const child = left[node]!;
    if (!isColumn || !Number.isInteger(child) || child <= node || child + 1 >= size) throw unfit(fitted, key, "a tree");
  }
  soundTrees.set(tree, width);
}
