/** Reads XGBoost's JSON model, which every version since 1.0 saves, into a tree ensemble. */
import type { Json, JsonObject } from "../../../core/json.ts";
import { baseMarginOf } from "./baseMargin.ts";
import { interleaveTrees } from "./interleaveTrees.ts";
import type { Tree, TreeEnsemble } from "../ensemble.ts";
import { objectiveNames, type Objective } from "../objectives.ts";

/** Objectives with the same predictions as another one. */
const aliases: Readonly<Record<string, Objective>> = {
  "reg:linear": "reg:squarederror",
  "reg:logistic": "binary:logistic",
  "multi:softmax": "multi:softprob",
};

export interface JsonModel {
  readonly ensemble: TreeEnsemble;
  /** Null if the model was trained without names. */
  readonly featureNames: readonly string[] | null;
  readonly featureCount: number;
  /** Version of XGBoost that saved it, e.g. "1.7.4". */
  readonly version: string;
}

/** @throws {RangeError} with the reason if this is not such a model, or one that mlctl does not support */
export function parseJsonModel(bytes: Uint8Array): JsonModel {
  const model = objectOf(JSON.parse(new TextDecoder().decode(bytes)) as Json, "model");
  const learner = objectOf(model.learner, "learner");
  const objectiveName = String(objectOf(learner.objective, "objective").name);
  const objective = objectiveNames.find((name) => name === objectiveName) ?? aliases[objectiveName];
  if (objective === undefined) {
    const known = [...objectiveNames, ...Object.keys(aliases)].join(", ");
    throw new RangeError(`objective "${objectiveName}" is not supported (supported: ${known})`);
  }
  const settings = objectOf(learner.learner_model_param, "learner_model_param");
  const outputCount = Math.max(1, Number(settings.num_class));
  if (Number(settings.num_target ?? 1) > 1) throw new RangeError("several targets are not supported");
  const booster = objectOf(learner.gradient_booster, "gradient_booster");
  if (booster.name !== "gbtree")
    throw new RangeError(`booster "${String(booster.name)}" is not supported, only gbtree`);
  const stored = objectOf(booster.model, "model");
  const trees = interleaveTrees(
    listOf(stored.trees, "trees").map((tree, t) => readTree(objectOf(tree, `trees[${t}]`))),
    numbersOf(stored.tree_info, "tree_info"),
    outputCount,
  );
  const names = learner.feature_names;
  return {
    ensemble: { objective, baseMargin: baseMarginOf(baseScoreOf(settings.base_score), objective), outputCount, trees },
    featureNames: Array.isArray(names) && names.length > 0 ? names.map(String) : null,
    featureCount: Number(settings.num_feature),
    version: Array.isArray(model.version) ? model.version.join(".") : "unknown",
  };
}

/** Since XGBoost 3.1 it is a list with one entry per output. */
function baseScoreOf(baseScore: Json | undefined): number {
  const entries = String(baseScore).replace(/[[\]]/g, "").split(",").map(Number);
  const score = entries[0]!;
  if (Number.isNaN(score)) throw new RangeError("base_score is not a number");
  if (entries.some((entry) => entry !== score))
    throw new RangeError("a different base score for each class is not supported");
  return score;
}

/** Renumbers the nodes level by level: drops pruned nodes and puts the right child after the left. */
function readTree(from: JsonObject): Tree {
  if (listOf(from.categories ?? [], "categories").length > 0) {
    throw new RangeError("categorical splits are not supported: encode categories as numbers and train again");
  }
  const left = numbersOf(from.left_children, "left_children");
  const right = numbersOf(from.right_children, "right_children");
  const column = numbersOf(from.split_indices, "split_indices");
  const value = numbersOf(from.split_conditions, "split_conditions");
  const missingLeft = listOf(from.default_left, "default_left").map(Number);
  const gain = numbersOf(from.loss_changes, "loss_changes");
  const cover = numbersOf(from.sum_hessian, "sum_hessian");
  const tree = { feature: [0], value: [0], left: [0], missingLeft: [0], gain: [0], cover: [0] };
  const pending = [0];
  for (let at = 0; at < pending.length; at++) {
    const node = pending[at]!;
    if (pending.length > left.length || left[node] === undefined)
      throw new RangeError("a tree has invalid child nodes");
    const isLeaf = left[node] === -1;
    tree.feature[at] = isLeaf ? -1 : column[node]!;
    tree.missingLeft[at] = isLeaf ? 0 : missingLeft[node]!;
    tree.value[at] = value[node]! + 0; // already the shortest decimal; + 0 turns −0 into 0: JSON has no −0
    tree.left[at] = isLeaf ? 0 : pending.length;
    tree.gain[at] = isLeaf ? 0 : gain[node]!;
    tree.cover[at] = cover[node]!;
    if (!isLeaf) pending.push(left[node]!, right[node]!);
  }
  return tree;
}

function objectOf(value: Json | undefined, name: string): JsonObject {
  if (value === undefined || value === null || typeof value !== "object" || Array.isArray(value)) {
    throw new RangeError(`"${name}" is missing or not an object`);
  }
  return value as JsonObject;
}

function listOf(value: Json | undefined, name: string): readonly Json[] {
  if (!Array.isArray(value)) throw new RangeError(`"${name}" is not a list`);
  return value as readonly Json[];
}

function numbersOf(value: Json | undefined, name: string): readonly number[] {
  const list = listOf(value, name);
  if (!list.every((entry) => typeof entry === "number")) throw new RangeError(`"${name}" is not a list of numbers`);
  return list as readonly number[];
}
