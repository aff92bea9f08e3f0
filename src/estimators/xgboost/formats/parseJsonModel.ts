/** Reads XGBoost's JSON model, which every version since 1.0 saves, into a tree ensemble. */
import type { Json, JsonObject } from "../../../core/json.ts";
import { baseMarginOf } from "./baseMargin.ts";
import { interleaveTrees } from "./interleaveTrees.ts";
import type { Tree, TreeEnsemble } from "../ensemble.ts";
import { objectiveNames } from "../objectives.ts";

/** @throws {RangeError} with the reason if this is not such a model, or one that mlctl does not train */
export function parseJsonModel(bytes: Uint8Array): TreeEnsemble {
  const model = objectOf(JSON.parse(new TextDecoder().decode(bytes)) as Json, "model");
  const learner = objectOf(model.learner, "learner");
  const objectiveName = String(objectOf(learner.objective, "objective").name);
  const objective = objectiveNames.find((name) => name === objectiveName);
  if (objective === undefined) throw new RangeError(`objective "${objectiveName}" is not supported`);
  const settings = objectOf(learner.learner_model_param, "learner_model_param");
  const outputCount = Math.max(1, Number(settings.num_class));
  const stored = objectOf(objectOf(learner.gradient_booster, "gradient_booster").model, "model");
  const trees = interleaveTrees(
    listOf(stored.trees, "trees").map((tree, t) => readTree(objectOf(tree, `trees[${t}]`))),
    numbersOf(stored.tree_info, "tree_info"),
    outputCount,
  );
  return { objective, baseMargin: baseMarginOf(baseScoreOf(settings.base_score), objective), outputCount, trees };
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
