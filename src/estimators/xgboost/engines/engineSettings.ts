/** Converts the family's parameters to those of an engine; rejects combinations that XGBoost ignores or aborts on. */
import { MlctlError } from "../../../core/errors.ts";
import type { Json, JsonObject } from "../../../core/json.ts";
import { LARGEST_FLOAT32 } from "../../../core/table/table.ts";
import { didYouMean } from "../../../core/text/suggest.ts";
import { installHint } from "./native/releases.ts";
import { objectives, type Objective } from "../ensemble.ts";

/** Above this "auto" chooses hist, because exact sorts every column again at every level. */
const EXACT_ROWS = 100_000;

/** The smallest normal number of float32. */
const SMALLEST_FLOAT32 = 2 ** -126;

/** Parameters that only the native engine supports, with the value that has no effect. */
const nativeOnly: readonly (readonly [string, Json])[] = [
  ["colsample_bynode", 1],
  ["interaction_constraints", null],
];

/** Parameters that the family handles itself and does not pass to the engine. */
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
  /** Several processes train together. */
  readonly isDistributed?: boolean;
  readonly objective: Objective;
  readonly rowCount: number;
  readonly featureNames: readonly string[];
}

/**
 * @param params complete parameters of the family
 * @returns parameters by XGBoost's names, all scalars, without those that do not apply
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
    // the default of the library differs between versions
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

/** Whether XGBoost can read the number: it computes in float32, and its parser refuses numbers outside. */
export function isFloat32(value: number): boolean {
  return value === 0 || (Math.abs(value) >= SMALLEST_FLOAT32 && Math.abs(value) <= LARGEST_FLOAT32);
}

function refuse(params: JsonObject, { engine, objective, isDistributed = false }: EngineContext): void {
  const method = params.tree_method;
  const useHist = 'set tree_method to "hist" or "auto"';
  const outside = Object.entries(params).find(([, value]) => typeof value === "number" && !isFloat32(value));
  if (outside !== undefined) {
    const hint = "XGBoost computes in float32: use 0, or a number between 1.2e-38 and 3.4e38";
    throw invalid(`parameter "${outside[0]}" of xgboost is ${String(outside[1])}`, hint);
  }
  if (engine === "wasm" && objectives[objective].nativeOnly) throw unsupported(`objective "${objective}"`);
  for (const [name, neutral] of nativeOnly) {
    if (engine === "wasm" && params[name] !== neutral) throw unsupported(name);
  }
  if (growsByLeaves(params) && method !== "auto" && method !== "hist")
    throw invalid(`xgboost's tree_method "${String(method)}" does not support max_leaves and lossguide`, useHist);
  if (isDistributed && method === "exact")
    throw invalid(`xgboost's tree_method "exact" does not support train.distributed`, useHist);
  if (params.max_depth === 0 && (params.max_leaves === 0 || params.grow_policy !== "lossguide")) {
    const message = 'parameter "max_depth" of xgboost is 0 (no limit) without max_leaves and grow_policy "lossguide"';
    throw invalid(message, 'set grow_policy to "lossguide" and max_leaves to a number above 0');
  }
  if (engine === "wasm" && params.monotone_constraints !== null && (method === "hist" || growsByLeaves(params))) {
    const other = 'set tree_method to "exact" or "approx" and remove max_leaves and grow_policy';
    throw unsupported("monotone_constraints with hist", `${other}, or ${installHint()}`);
  }
}

function invalid(message: string, hint: string): MlctlError {
  return new MlctlError("usage", message, { hint });
}

function unsupported(what: string, hint: string = installHint()): MlctlError {
  return invalid(`the wasm engine of xgboost does not support ${what}`, hint);
}

function growsByLeaves({ max_leaves: leaves, grow_policy: policy }: JsonObject): boolean {
  return leaves !== 0 || policy === "lossguide";
}

function treeMethod(params: JsonObject, { rowCount, engine, isDistributed }: EngineContext): string {
  if (params.tree_method !== "auto") return params.tree_method as string;
  if (growsByLeaves(params) || isDistributed === true) return "hist";
  if (rowCount <= EXACT_ROWS) return "exact";
  // hist of the wasm engine silently ignores these constraints
  return engine === "wasm" && params.monotone_constraints !== null ? "approx" : "hist";
}

/** As "(1,0,-1)", one entry per feature. */
function directions(byName: JsonObject, featureNames: readonly string[]): string {
  const result = featureNames.map(() => 0);
  for (const [name, direction] of Object.entries(byName)) {
    result[columnOf(name, featureNames, "monotone_constraints")] = direction as number;
  }
  return `(${result.join()})`;
}

/** As "[[0,1],[2]]", column numbers. */
function groups(names: readonly Json[], featureNames: readonly string[]): string {
  const columns = names.map((group) =>
    (group as string[]).map((name) => columnOf(name, featureNames, "interaction_constraints")),
  );
  return JSON.stringify(columns);
}

function columnOf(name: string, featureNames: readonly string[], param: string): number {
  const column = featureNames.indexOf(name);
  if (column >= 0) return column;
  throw new MlctlError("usage", `parameter "${param}" of xgboost: the model has no feature "${name}"`, {
    hint: didYouMean(name, featureNames, `available features: ${featureNames.slice(0, 30).join(", ")}`),
  });
}
