/** Shared by the formats of XGBoost's models: float32 numbers, base margin, order of nodes and trees. */
import type { Matrix } from "../../../core/table/table.ts";
import { type Tree, objectives, type Objective, type TreeEnsemble, objectiveNames } from "../ensemble.ts";

/** The float64 with the fewest digits that rounds to the same float32, so that JSON has 0.1, not 0.10000000149. */
export function shortFloat(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const candidate = Number(value.toPrecision(digits));
    if (Math.fround(candidate) === value) return candidate;
  }
  return Number(value.toPrecision(9)); // nine digits identify every float32
}

/**
 * The base margin, which is added to the leaf values, of a base score (a prediction). In float32 as XGBoost:
 * `-logf(1.0f / base_score - 1.0f)` for logistic, `logf` for log, else unchanged.
 */
export function baseMarginOf(baseScore: number, objective: Objective): number {
  const score = Math.fround(baseScore);
  const { link } = objectives[objective];
  if (link === "log") return shortFloat(Math.fround(Math.log(score))) + 0;
  if (link !== "logistic") return shortFloat(score);
  const margin = Math.fround(-Math.log(Math.fround(Math.fround(1 / score) - 1)));
  return shortFloat(margin) + 0; // + 0 turns −0 into 0: JSON has no −0
}

/** A node as XGBoost stores it, where `left` is −1 in a leaf. */
type StoredNode = { readonly right: number } & { readonly [List in keyof Tree]: number };

/**
 * Renumbers the nodes level by level: drops pruned nodes and puts the right child after the left.
 * @throws {RangeError} if children form a loop
 */
export function treeOf(nodeAt: (node: number) => StoredNode, count: number): Tree {
  const tree = { feature: [0], value: [0], left: [0], missingLeft: [0], gain: [0], cover: [0] };
  const pending = [0];
  for (let at = 0; at < pending.length; at++) {
    if (pending.length > count || pending[at]! >= count) throw new RangeError("a tree has invalid child nodes");
    const node = nodeAt(pending[at]!);
    const isLeaf = node.left === -1;
    tree.feature[at] = isLeaf ? -1 : node.feature;
    tree.value[at] = node.value;
    tree.left[at] = isLeaf ? 0 : pending.length;
    tree.missingLeft[at] = isLeaf ? 0 : node.missingLeft;
    tree.gain[at] = isLeaf ? 0 : node.gain;
    tree.cover[at] = node.cover;
    if (!isLeaf) pending.push(node.left, node.right);
  }
  return tree;
}

/**
 * Trees as first of each output, second of each output, …; XGBoost stores parallel trees next to each other.
 * @param outputs output of each tree
 * @throws {RangeError} if outputs have different numbers of trees
 */
export function interleaveTrees(trees: readonly Tree[], outputs: readonly number[], outputCount: number): Tree[] {
  const queues = Array.from({ length: outputCount }, (_, k) => trees.filter((_tree, t) => outputs[t] === k));
  if (queues.some((queue) => queue.length * outputCount !== trees.length)) {
    throw new RangeError("its classes have different numbers of trees");
  }
  return trees.map((_, t) => queues[t % outputCount]![Math.floor(t / outputCount)]!);
}

/** Float32 neighbours of −1, which ml-xgboost treats as missing. */
const BELOW = -1.0000001192092896;
const ABOVE = -0.9999999403953552;

/** Values as float32, with NaN replaced by −1 and a real −1 by the next float32 below it. */
export function hideMissing(values: Matrix["values"]): Float32Array<ArrayBuffer> {
  const hidden = new Float32Array(values);
  for (let i = 0; i < hidden.length; i++) {
    const value = hidden[i]!;
    if (value === -1) hidden[i] = BELOW;
    else if (Number.isNaN(value)) hidden[i] = -1;
  }
  return hidden;
}

/**
 * Adjusts the thresholds so that the tree can be used with real values. hideMissing moved only −1, to below a threshold
 * of −1, where it went left. With the threshold at the next float32 above −1, an unmoved −1 goes left too, and all
 * other values go the same way as before.
 */
export function revealMissing(tree: Tree): Tree {
  const value = tree.value.map((entry, node) => (tree.feature[node] !== -1 && entry === -1 ? ABOVE : entry));
  return { ...tree, value };
}

// Sizes in bytes of the structs, which XGBoost 0.7 writes as they are in memory (little endian).
const LEARNER_PARAM_BYTES = 136;
const BOOSTER_PARAM_BYTES = 160;
const TREE_PARAM_BYTES = 148;
const NODE_BYTES = 20;
const STATISTIC_BYTES = 16;

const binaryNames: Readonly<Record<string, Objective>> = {
  "reg:linear": "reg:squarederror",
  "binary:logistic": "binary:logistic",
  "multi:softprob": "multi:softprob",
  "count:poisson": "count:poisson",
  "reg:gamma": "reg:gamma",
  "reg:tweedie": "reg:tweedie",
};

/**
 * Layout: learner parameters, names of objective and booster, booster parameters, trees, output of each tree.
 * @throws {RangeError} if the bytes are not such a model
 * @see XGBoost 0.7, src/learner.cc, src/gbm/gbtree.cc and include/xgboost/tree_model.h, each its `Save`
 */
export function parseModel(bytes: Uint8Array): TreeEnsemble {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const baseMargin = view.getFloat32(0, true);
  const classCount = view.getInt32(8, true);
  let at = LEARNER_PARAM_BYTES;
  const text = (): string => {
    const length = Number(view.getBigUint64(at, true));
    at += 8 + length;
    return new TextDecoder().decode(bytes.subarray(at - length, at));
  };
  const name = text();
  const objective = binaryNames[name];
  if (objective === undefined) throw new RangeError(`objective "${name}" of the binary model is not supported`);
  if (text() !== "gbtree") throw new RangeError("the booster of the binary model is not gbtree");
  const treeCount = view.getInt32(at, true);
  at += BOOSTER_PARAM_BYTES;
  const trees: Tree[] = [];
  for (let t = 0; t < treeCount; t++) {
    const nodeCount = view.getInt32(at + 4, true);
    const nodesAt = at + TREE_PARAM_BYTES;
    trees.push(revealMissing(readBinaryTree(view, nodesAt, nodeCount)));
    at = nodesAt + nodeCount * (NODE_BYTES + STATISTIC_BYTES);
  }
  const outputCount = Math.max(1, classCount);
  const outputs = trees.map((_, t) => view.getInt32(at + 4 * t, true));
  return {
    objective,
    baseMargin: shortFloat(baseMargin),
    outputCount,
    trees: interleaveTrees(trees, outputs, outputCount),
  };
}

function readBinaryTree(view: DataView, nodesAt: number, count: number): Tree {
  return treeOf((node) => {
    const at = nodesAt + node * NODE_BYTES;
    const statisticAt = nodesAt + count * NODE_BYTES + node * STATISTIC_BYTES;
    const split = view.getUint32(at + 12, true);
    return {
      left: view.getInt32(at + 4, true),
      right: view.getInt32(at + 8, true),
      feature: split & 0x7fffffff,
      missingLeft: split >>> 31,
      value: shortFloat(view.getFloat32(at + 16, true)),
      gain: shortFloat(view.getFloat32(statisticAt, true)),
      cover: shortFloat(view.getFloat32(statisticAt + 4, true)),
    };
  }, count);
}

/** What is read of the JSON that XGBoost saves. */
interface JsonModel {
  readonly learner: {
    readonly objective: { readonly name: string };
    readonly learner_model_param: { readonly num_class: string; readonly base_score: string };
    readonly gradient_booster: {
      readonly model: { readonly trees: readonly JsonTree[]; readonly tree_info: readonly number[] };
    };
  };
}

type JsonTree = Readonly<
  Record<
    | "left_children"
    | "right_children"
    | "split_indices"
    | "split_conditions"
    | "default_left"
    | "loss_changes"
    | "sum_hessian",
    readonly number[]
  >
>;

/** @throws {RangeError} with the reason if mlctl does not train such a model */
export function parseJsonModel(bytes: Uint8Array): TreeEnsemble {
  const { learner } = JSON.parse(new TextDecoder().decode(bytes)) as JsonModel;
  const objective = objectiveNames.find((name) => name === learner.objective.name);
  if (objective === undefined) throw new RangeError(`objective "${learner.objective.name}" is not supported`);
  const { num_class: classes, base_score: baseScore } = learner.learner_model_param;
  const outputCount = Math.max(1, Number(classes));
  const { trees, tree_info: outputs } = learner.gradient_booster.model;
  return {
    objective,
    baseMargin: baseMarginOf(baseScoreOf(baseScore), objective),
    outputCount,
    trees: interleaveTrees(trees.map(readTree), outputs, outputCount),
  };
}

/** Since XGBoost 3.1 it is a list with one entry per output. */
function baseScoreOf(baseScore: string): number {
  const entries = String(baseScore).replace(/[[\]]/g, "").split(",").map(Number);
  const score = entries[0]!;
  if (Number.isNaN(score)) throw new RangeError("base_score is not a number");
  if (entries.some((entry) => entry !== score))
    throw new RangeError("a different base score for each class is not supported");
  return score;
}

function readTree(from: JsonTree): Tree {
  const { left_children: left, right_children: right, split_indices: feature, split_conditions: value } = from;
  return treeOf((node) => {
    return {
      left: left[node]!,
      right: right[node]!,
      feature: feature[node]!,
      missingLeft: Number(from.default_left[node]), // true and false in some versions
      value: value[node]! + 0, // already the shortest decimal; + 0 turns −0 into 0: JSON has no −0
      gain: from.loss_changes[node]!,
      cover: from.sum_hessian[node]!,
    };
  }, left.length);
}
