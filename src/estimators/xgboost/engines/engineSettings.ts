/** Turns the family's parameters into those of an engine, and refuses combinations that XGBoost ignores or aborts on. */
import { MlctlError } from "../../../core/errors.ts";
import type { Json, JsonObject } from "../../../core/json.ts";
import { suggest } from "../../../core/text/suggest.ts";
import { INSTALL_HINT } from "./native/installedEngines.ts";
import { objectives, type Objective } from "../objectives.ts";

/** From here on "auto" takes hist: exact sorts every column anew at every level. */
const EXACT_ROWS = 100_000;

/** What only the native engine has, with the value that asks for nothing. */
const nativeOnly: readonly (readonly [string, Json])[] = [
  ["colsample_bynode", 1],
  ["interaction_constraints", null],
];

/** What is no parameter of the trees: the family itself sees to it. */
const ownParams = [
  "engine",
  "objective",
  "early_stopping_rounds",
  "early_stopping_fraction",
  "eval_metric",
  "best_iteration",
];

export interface EngineContext {
  readonly engine: string;
  readonly objective: Objective;
  readonly rowCount: number;
  readonly featureNames: readonly string[];
}

/**
 * @param params complete
 * @returns by XGBoost's names, all scalars, without what does not apply
 * @throws {MlctlError} kind "usage"
 */
export function engineSettings(params: JsonObject, context: EngineContext): JsonObject {
  const { monotone_constraints: monotone, interaction_constraints: interaction, ...rest } = params;
  refuse(params, context);
  const { featureNames } = context;
  const settings: Record<string, Json> = { ...rest, tree_method: treeMethod(params, context) };
  for (const name of [...ownParams, ...inapplicable(context)]) delete settings[name];
  if (params.max_delta_step === null) delete settings.max_delta_step;
  if (params.base_score === null) {
    // the library's own default is another one from version to version
    if (context.objective === "reg:absoluteerror") delete settings.base_score;
    else settings.base_score = 0.5;
  }
  if (monotone !== null) settings.monotone_constraints = directions(monotone as JsonObject, featureNames);
  if (interaction !== null) settings.interaction_constraints = groups(interaction as Json[], featureNames);
  return settings;
}

function inapplicable({ engine, objective }: EngineContext): string[] {
  return [
    ...(engine === "wasm" ? ["colsample_bynode"] : []),
    ...(objective === "reg:tweedie" ? [] : ["tweedie_variance_power"]),
    ...(objective === "reg:pseudohubererror" ? [] : ["huber_slope"]),
  ];
}

function refuse(params: JsonObject, { engine, objective }: EngineContext): void {
  if (engine === "wasm" && objectives[objective].nativeOnly) {
    throw new MlctlError("usage", `the wasm engine of xgboost has no objective "${objective}"`, { hint: INSTALL_HINT });
  }
  for (const [name, nothing] of nativeOnly) {
    if (engine !== "wasm" || params[name] === nothing) continue;
    throw new MlctlError("usage", `the wasm engine of xgboost has no ${name}`, {
      hint: INSTALL_HINT,
    });
  }
  const method = params.tree_method;
  if (growsByLeaves(params) && method !== "auto" && method !== "hist") {
    throw new MlctlError("usage", `xgboost's tree_method "${String(method)}" has no max_leaves and no lossguide`, {
      hint: 'set tree_method to "hist", or leave it to "auto"',
    });
  }
  if (params.max_depth === 0 && (params.max_leaves === 0 || params.grow_policy !== "lossguide")) {
    throw new MlctlError("usage", 'parameter "max_depth" of xgboost is 0, no limit, and nothing else is one', {
      hint: 'set grow_policy to "lossguide" and max_leaves to a limit',
    });
  }
  if (engine === "wasm" && params.monotone_constraints !== null && (method === "hist" || growsByLeaves(params))) {
    throw new MlctlError("usage", "the wasm engine of xgboost has no monotone_constraints by hist", {
      hint: `set tree_method to "exact" or "approx" and leave max_leaves and grow_policy out, or ${INSTALL_HINT}`,
    });
  }
}

function growsByLeaves({ max_leaves: leaves, grow_policy: policy }: JsonObject): boolean {
  return leaves !== 0 || policy === "lossguide";
}

function treeMethod(params: JsonObject, { rowCount, engine }: EngineContext): string {
  if (params.tree_method !== "auto") return params.tree_method as string;
  if (growsByLeaves(params)) return "hist";
  if (rowCount <= EXACT_ROWS) return "exact";
  // hist of the wasm engine does not look at these constraints, and does not say so
  return engine === "wasm" && params.monotone_constraints !== null ? "approx" : "hist";
}

/** "(1,0,-1)", one a feature. */
function directions(byName: JsonObject, featureNames: readonly string[]): string {
  const result = featureNames.map(() => 0);
  for (const [name, direction] of Object.entries(byName)) {
    result[columnOf(name, featureNames, "monotone_constraints")] = direction as number;
  }
  return `(${result.join()})`;
}

/** "[[0,1],[2]]" */
function groups(names: readonly Json[], featureNames: readonly string[]): string {
  const columns = names.map((group) =>
    (group as string[]).map((name) => columnOf(name, featureNames, "interaction_constraints")),
  );
  return JSON.stringify(columns);
}

function columnOf(name: string, featureNames: readonly string[], param: string): number {
  const column = featureNames.indexOf(name);
  if (column >= 0) return column;
  const closest = suggest(name, featureNames);
  throw new MlctlError("usage", `parameter "${param}" of xgboost names no feature of the model: "${name}"`, {
    hint:
      closest === undefined ? `the features are ${featureNames.slice(0, 30).join(", ")}` : `did you mean "${closest}"?`,
  });
}
