/** TreeEnsemble: boosted trees as plain JSON, independent of the engine; all that prediction needs. */
import type { FittedEstimator } from "../../core/estimator.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import { finiteNumber, isNumberList, unfit } from "../fittedState.ts";
import { objectiveNames, type Objective } from "./objectives.ts";

/**
 * One tree: lists with one entry per node, node 0 is the root. A row goes left if its float32 value is below `value`,
 * else right; `missingLeft` decides for missing values. All numbers are shortest decimals of float32.
 */
export type Tree = {
  /** Column that the node tests; −1 in a leaf. */
  readonly feature: readonly number[];
  /** Threshold; in a leaf its value. */
  readonly value: readonly number[];
  /** Left child, the right child is the next node; 0 in a leaf. */
  readonly left: readonly number[];
  /** 1 if missing values go left. */
  readonly missingLeft: readonly number[];
  /** Loss reduction of the split; 0 in a leaf. */
  readonly gain: readonly number[];
  /** Sum of the second derivatives of the training rows in the node; for squared error their number. */
  readonly cover: readonly number[];
};

export type TreeEnsemble = {
  readonly objective: Objective;
  /** Added to the sum of the leaf values, before exp, sigmoid or softmax. */
  readonly baseMargin: number;
  /** 1, or the number of classes. Trees t, t + outputCount, … add up to output t. */
  readonly outputCount: number;
  readonly trees: readonly Tree[];
};

/** Number of features that trees were validated for: a search loads the same trees several times. */
const validTrees = new WeakMap<object, number>();

/** Lists of a tree other than `feature`. */
const LISTS = ["value", "left", "missingLeft", "gain", "cover"] as const;

/** @throws {MlctlError} kind "data" if the state is not an ensemble in which every path ends in a leaf */
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

/** Checks that children come after their parents and inside the lists, so that no path leaves the tree or loops. */
function checkTree(fitted: FittedEstimator, tree: Json, index: number): void {
  const key = `trees[${index}]`;
  if (tree === null || typeof tree !== "object" || Array.isArray(tree)) throw unfit(fitted, key, "a tree");
  const width = fitted.featureNames.length;
  if (validTrees.get(tree) === width) return;
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
  validTrees.set(tree, width);
}
