/** Writes a tree ensemble as XGBoost's JSON model, which XGBoost 1.0 and newer reads in every language. */
import type { Json, JsonObject } from "../../../core/json.ts";
import { baseMarginOf, shortFloat } from "./treeFormat.ts";
import { type Tree, type TreeEnsemble, objectives } from "../ensemble.ts";

/** Version of the format; later versions read it too. */
const FORMAT_VERSION = [1, 7, 4];
/** Largest int32. */
const NO_PARENT = 2147483647;

/**
 * @param featureNames as in training; `[`, `]` and `<`, which XGBoost does not allow, become `_`
 * @param params parameters of the family; those of the objective are saved too
 */
export function exportJsonModel(
  ensemble: TreeEnsemble,
  featureNames: readonly string[],
  params: JsonObject = {},
): string {
  const { objective, outputCount, trees } = ensemble;
  const classCount = objective === "multi:softprob" ? outputCount : 0;
  const model = object({
    gbtree_model_param: json({ num_parallel_tree: "1", num_trees: String(trees.length), size_leaf_vector: "0" }),
    tree_info: json(trees.map((_, t) => t % outputCount)),
    trees: `[${trees.map((tree, t) => treeText(tree, t, featureNames.length)).join()}]`,
  });
  const learner = object({
    attributes: json({ scikit_learn: json(wrapper(ensemble)) }),
    feature_names: json(allowedNames(featureNames)),
    feature_types: json(featureNames.map(() => "float")),
    gradient_booster: object({ model, name: json("gbtree") }),
    learner_model_param: json({
      base_score: String(shortFloat(baseScore(ensemble))), // its parser accepts at most nine digits
      boost_from_average: "1",
      num_class: String(classCount),
      num_feature: String(featureNames.length),
      num_target: "1",
    }),
    objective: json(objectiveOf(ensemble, classCount, params)),
  });
  return object({ learner, version: json(FORMAT_VERSION) });
}

function json(value: Json): string {
  return JSON.stringify(value);
}

/** JSON object from values that are already JSON. */
function object(parts: Readonly<Record<string, string>>): string {
  return `{${Object.entries(parts)
    .map(([name, text]) => `"${name}":${text}`)
    .join()}}`;
}

/** Writes 1 as 1.0: XGBoost reads 1 as an integer and rejects it where it expects a float. */
function floats(values: readonly number[]): string {
  return `[${values.map((value) => (/[.e]/.test(String(value)) ? String(value) : `${value}.0`)).join()}]`;
}

/** Attributes that XGBClassifier and XGBRegressor need. */
function wrapper({ objective, outputCount }: TreeEnsemble): JsonObject {
  if (objectives[objective].task === "regression") return { _estimator_type: "regressor" };
  const classes = Array.from({ length: Math.max(2, outputCount) }, (_, code) => code);
  return { classes_: classes, n_classes_: classes.length, _estimator_type: "classifier" };
}

function objectiveOf({ objective }: TreeEnsemble, classCount: number, params: JsonObject): JsonObject {
  if (objective === "multi:softprob") {
    return { name: objective, softmax_multiclass_param: { num_class: String(classCount) } };
  }
  const { saved } = objectives[objective];
  if (saved === undefined) return { name: objective };
  const own = Object.entries(saved.params).map(([name, usual]) => [name, String(params[name] ?? usual)]);
  return { name: objective, [saved.key]: Object.fromEntries(own) as JsonObject };
}

function treeText(tree: Tree, id: number, featureCount: number): string {
  const size = tree.feature.length;
  const isLeaf = (node: number): boolean => tree.feature[node] === -1;
  const zeros = tree.feature.map(() => 0);
  const parents = [NO_PARENT, ...zeros.slice(1)];
  tree.left.forEach((left, node) => {
    if (!isLeaf(node)) parents[left] = parents[left + 1] = node;
  });
  const counts = {
    num_nodes: String(size),
    num_feature: String(featureCount),
    num_deleted: "0",
    size_leaf_vector: "0",
  };
  return object({
    base_weights: floats(tree.value.map((value, node) => (isLeaf(node) ? value : 0))),
    categories: "[]",
    categories_nodes: "[]",
    categories_segments: "[]",
    categories_sizes: "[]",
    default_left: json(tree.missingLeft),
    id: json(id),
    left_children: json(tree.left.map((left, node) => (isLeaf(node) ? -1 : left))),
    loss_changes: floats(tree.gain),
    parents: json(parents),
    right_children: json(tree.left.map((left, node) => (isLeaf(node) ? -1 : left + 1))),
    split_conditions: floats(tree.value),
    split_indices: json(tree.feature.map((column) => Math.max(0, column))),
    split_type: json(zeros),
    sum_hessian: floats(tree.cover),
    tree_param: json(counts),
  });
}

/** The base score whose margin, computed by XGBoost, is closest to ours; tries the neighbouring float32 values. */
function baseScore({ objective, baseMargin }: TreeEnsemble): number {
  const { link } = objectives[objective];
  if (link !== "logistic" && link !== "log") return baseMargin;
  const guess = Math.fround(link === "log" ? Math.exp(baseMargin) : 1 / (1 + Math.exp(-baseMargin)));
  const step = 2 ** (Math.floor(Math.log2(guess)) - 23);
  const distance = (score: number): number => Math.abs(baseMarginOf(score, objective) - baseMargin);
  const candidates = [-2, -1, 0, 1, 2].map((steps) => Math.fround(guess + steps * step));
  const inside = candidates.filter((score) => score > 0 && (score < 1 || link === "log"));
  return inside.reduce((best, score) => (distance(score) < distance(best) ? score : best), inside[0] ?? 0.5);
}

function allowedNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const plain = name.replace(/[[\]<]/g, "_");
    let free = plain;
    for (let count = 2; taken.has(free); count++) free = `${plain}_${count}`;
    taken.add(free);
    return free;
  });
}
