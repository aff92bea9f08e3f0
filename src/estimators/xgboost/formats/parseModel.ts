/** Reads the binary model of XGBoost 0.7, which ml-xgboost saves, into a tree ensemble. */
import type { Tree, TreeEnsemble } from "../ensemble.ts";
import { interleaveTrees, shortFloat, treeOf } from "./treeFormat.ts";
import type { Objective } from "../objectives.ts";

// Sizes in bytes of the structs, which XGBoost 0.7 writes as they are in memory (little endian).
const LEARNER_PARAM_BYTES = 136;
const BOOSTER_PARAM_BYTES = 160;
const TREE_PARAM_BYTES = 148;
const NODE_BYTES = 20;
const STATISTIC_BYTES = 16;

const objectiveNames: Readonly<Record<string, Objective>> = {
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
  const objective = objectiveNames[name];
  if (objective === undefined) throw new RangeError(`objective "${name}" of the binary model is not supported`);
  if (text() !== "gbtree") throw new RangeError("the booster of the binary model is not gbtree");
  const treeCount = view.getInt32(at, true);
  at += BOOSTER_PARAM_BYTES;
  const trees: Tree[] = [];
  for (let t = 0; t < treeCount; t++) {
    const nodeCount = view.getInt32(at + 4, true);
    const nodesAt = at + TREE_PARAM_BYTES;
    trees.push(readTree(view, nodesAt, nodeCount));
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

function readTree(view: DataView, nodesAt: number, count: number): Tree {
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
