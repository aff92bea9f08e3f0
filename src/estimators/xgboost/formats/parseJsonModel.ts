/** Reads XGBoost's JSON model, which every version since 1.0 saves, into a tree ensemble. */
import type { Json, JsonObject } from "../../../core/json.ts";
import { baseMarginOf, interleaveTrees, treeOf } from "./treeFormat.ts";
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

function readTree(from: JsonObject): Tree {
  const list = (name: string): readonly number[] => numbersOf(from[name], name);
  const [left, right, gain] = [list("left_children"), list("right_children"), list("loss_changes")];
  const [feature, value, cover] = [list("split_indices"), list("split_conditions"), list("sum_hessian")];
  const missingLeft = listOf(from.default_left, "default_left").map(Number);
  return treeOf((node) => {
    return {
      left: left[node]!,
      right: right[node]!,
      feature: feature[node]!,
      missingLeft: missingLeft[node]!,
      value: value[node]! + 0, // already the shortest decimal; + 0 turns −0 into 0: JSON has no −0
      gain: gain[node]!,
      cover: cover[node]!,
    };
  }, left.length);
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
