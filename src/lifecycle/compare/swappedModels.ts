/** Trains the models between two runs, each with data, settings and seed, or one setting, of one run or the other. */
import { affectsTraining, configSha256, parseRecorded } from "../../config/configSha256.ts";
import { valueAt, withValueAt, type Path } from "../../config/jsonPath.ts";
import { MlctlError, recover } from "../../core/errors.ts";
import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import { MEMBERS, membersByName } from "../../core/text/recordText.ts";
import type { Evaluation } from "../../core/metric.ts";
import type { Run } from "../../core/records/lineage.ts";
import type { Table } from "../../core/table/table.ts";
import type { MetricDifference } from "../../pipeline/judge/compareEvaluations.ts";
import { parseModel } from "../../storage/model/modelFile.ts";
import { costsOf } from "../settings.ts";
import { judge } from "../judge.ts";
import { datasetOf, retrain } from "./retrain.ts";
import type { Session } from "../session.ts";

export const factors = ["data", "settings", "seed"] as const;

/** "settings" means the configuration without the seed, and family, feature set and parameters of the run. */
export type Factor = (typeof factors)[number];

export type SwappedModel = Awaited<ReturnType<typeof swappedModel>>;

export function differingFactors(a: Run, b: Run): Factor[] {
  const differs: Record<Factor, boolean> = {
    data: a.datasetSha256 !== b.datasetSha256,
    settings: settingsText(a) !== settingsText(b),
    seed: a.seed !== b.seed,
  };
  return factors.filter((factor) => differs[factor]);
}

function settingsText({ config: recorded, runId, family, featureSet, params }: Run): string {
  const config = parseRecorded(recorded);
  if (config === undefined) throw new MlctlError("data", `the configuration in the record of run ${runId} is damaged`);
  return JSON.stringify([configSha256({ ...config, train: { ...config.train, seed: 0 } }), family, featureSet, params]);
}

interface Pair {
  readonly a: Run;
  readonly b: Run;
  readonly table: Table;
}

/**
 * Trains and evaluates one combination. Returns a training error as `reason`: the settings may name a column that the
 * other run's data lacks.
 * @param fromSecond factors taken from the second run; the others are from the first
 */
export async function swappedModel(session: Session, { a, b, table }: Pair, fromSecond: ReadonlySet<Factor>) {
  const side = (factor: Factor): Run => (fromSecond.has(factor) ? b : a);
  const recipe = { run: side("settings"), dataset: datasetOf(session, side("data")), seed: side("seed").seed };
  const retrained = retrain(session, recipe).then((text) => {
    const judged = judge(parseModel(text, "the model trained again"), table, costsOf(session.config));
    if (judged.table.rowCount === table.rowCount) return { fromSecond, evaluation: judged.evaluation, reason: null };
    return { fromSecond, evaluation: null, reason: "its history does not reach all of the rows" };
  });
  return retrained.catch(
    recover(({ message, details }) => ({ fromSecond, evaluation: null, reason: [message, ...details].join("; ") })),
  );
}

export interface SettingEffect {
  /** "train.threshold", a parameter such as "C", "family", "feature set", "members" or "member xgboost: max_depth". */
  readonly setting: string;
  readonly a: Json;
  readonly b: Json;
  /** The metric with this setting of the second run minus that of the first run; null if it was not tried or failed. */
  readonly effect: number | null;
  readonly verdict: MetricDifference["verdict"] | null;
  readonly reason: string | null;
}

/** Each takes a training. */
const MOST_SETTINGS = 8;

/**
 * The first run with one setting at a time from the second run, largest effect first. Empty if less than two settings
 * differ: then that of all settings is its effect.
 * @param compare compares an evaluation with that of the first run
 */
export async function settingEffects(
  session: Session,
  pair: Pair,
  compare: (evaluation: Evaluation) => MetricDifference,
): Promise<SettingEffect[]> {
  const differing = differences(pair.a, pair.b);
  if (differing.length < 2) return [];
  const effects: SettingEffect[] = [];
  for (const [i, { run, ...difference }] of differing.entries()) {
    if (i >= MOST_SETTINGS) {
      effects.push({ ...difference, effect: null, verdict: null, reason: "not tried" });
      continue;
    }
    session.context.emit({ type: "stage", stage: "why", message: `training with ${difference.setting} swapped` });
    const { evaluation, reason } = await swappedModel(session, { ...pair, a: run }, new Set());
    const found = evaluation === null ? undefined : compare(evaluation);
    effects.push({ ...difference, effect: found?.difference ?? null, verdict: found?.verdict ?? null, reason });
  }
  return effects.toSorted((x, y) => Math.abs(y.effect ?? 0) - Math.abs(x.effect ?? 0));
}

/** They choose the family and its parameters, which are compared themselves; the seed is a factor of its own. */
const choices = new Set(["models", "selection", "ensemble", "time", "seed"]);

/** @returns each with the first run with this setting of the second */
function differences(a: Run, b: Run): (Pick<SettingEffect, "setting" | "a" | "b"> & { readonly run: Run })[] {
  const params = keys(a.params, b.params).map((key): [string, Path] => [key, ["params", key]]);
  const settings = keys(a.config, b.config).flatMap((section): [string, Path][] => {
    const both = [a, b].map(({ config }) => valueAt(config, [section]) as Json);
    if (!both.every(isObject)) return affectsTraining([section]) ? [[section, ["config", section]]] : [];
    return keys(...both).flatMap((key): [string, Path][] =>
      (section === "train" && choices.has(key)) || !affectsTraining([section]) || !affectsTraining([section, key])
        ? []
        : [[`${section}.${key}`, ["config", section, key]]],
    );
  });
  const all: [string, Path][] = [
    ...(a.family === b.family ? params : []),
    ["feature set", ["featureSet"]],
    ...settings,
  ];
  const found = all.flatMap(([setting, path]) => {
    const [x, y] = [a, b].map((run) => (valueAt(run, path) ?? null) as Json) as [Json, Json];
    const parts = setting === MEMBERS ? memberDifferences(x, y) : [{ setting, path: [], a: x, b: y }];
    return parts.flatMap((part) => {
      if (JSON.stringify(part.a) === JSON.stringify(part.b)) return [];
      const run = withValueAt(a as unknown as Json, [...path, ...part.path], part.b) as unknown as Run;
      return [{ setting: part.setting, a: part.a, b: part.b, run }];
    });
  });
  if (a.family === b.family) return found;
  return [{ setting: "family", a: a.family, b: b.family, run: { ...a, family: b.family, params: b.params } }, ...found];
}

/** Which members there are, with their weights, is one setting, as weights sum to 1; each parameter of one in both is another. */
function memberDifferences(a: Json, b: Json) {
  const [first, second] = [membersByName(a), membersByName(b)];
  const members = [...new Map([...first, ...second]).keys()].flatMap((name) => {
    const member = second.get(name);
    return member === undefined ? [] : [{ ...member, params: (first.get(name) ?? member).params }];
  });
  const params = [...first].flatMap(([name, { params: own }], place) => {
    const other = second.get(name)?.params ?? own;
    return keys(own, other).map((key) => {
      const path: Path = [place, "params", key];
      return { setting: `member ${name}: ${key}`, path, a: own[key] ?? null, b: other[key] ?? null };
    });
  });
  return [{ setting: MEMBERS, path: [] as Path, a, b: members as unknown as Json }, ...params];
}

function keys(...objects: readonly Json[]): string[] {
  return [...new Set(objects.flatMap((each) => Object.keys(each as JsonObject)))];
}
