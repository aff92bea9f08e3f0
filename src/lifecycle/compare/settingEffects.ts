/** Which single setting makes the difference: the first run, with one setting at a time from the second run. */
import { affectsTraining } from "../../config/configSha256.ts";
import { valueAt, withValueAt, type Path } from "../../config/jsonPath.ts";
import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import type { Evaluation } from "../../core/metric.ts";
import type { Run } from "../../core/records/run.ts";
import type { Table } from "../../core/table/table.ts";
import type { MetricDifference } from "../../pipeline/judge/compareEvaluations.ts";
import type { Session } from "../session.ts";
import { swappedModel } from "./swappedModels.ts";

export interface SettingEffect {
  /** "train.threshold", a parameter such as "C", "family" or "feature set". */
  readonly setting: string;
  readonly a: Json;
  readonly b: Json;
  /** The metric with this setting of the second run minus that of the first run; null if it was not tried or failed. */
  readonly effect: number | null;
  readonly verdict: MetricDifference["verdict"] | null;
  readonly reason: string | null;
}

/** Each takes a training. */
export const MOST_SETTINGS = 8;

/** They choose the family and its parameters, which are compared themselves; the seed is a factor of its own. */
const choices = new Set(["models", "selection", "ensemble", "time", "seed"]);

interface Difference extends Pick<SettingEffect, "setting" | "a" | "b"> {
  /** The first run with this setting of the second. */
  readonly run: Run;
}

interface Request {
  readonly a: Run;
  readonly b: Run;
  readonly table: Table;
  /** Of the first run. */
  readonly evaluation: Evaluation;
  readonly compare: (first: Evaluation, second: Evaluation) => MetricDifference;
}

/** Largest effect first. Empty if less than two settings differ: then that of all settings is its effect. */
export async function settingEffects(
  session: Session,
  { a, b, table, evaluation, compare }: Request,
): Promise<SettingEffect[]> {
  const differing = differences(a, b);
  if (differing.length < 2) return [];
  const effects: SettingEffect[] = [];
  for (const { run, ...difference } of differing) {
    if (effects.length === MOST_SETTINGS) {
      effects.push({ ...difference, effect: null, verdict: null, reason: "not tried" });
      continue;
    }
    session.context.emit({ type: "stage", stage: "why", message: `training with ${difference.setting} swapped` });
    const tried = await swappedModel(session, { a: run, b, fromSecond: new Set(), table });
    const found = tried.evaluation === null ? null : compare(evaluation, tried.evaluation);
    const own = { effect: found?.difference ?? null, verdict: found?.verdict ?? null, reason: tried.reason };
    effects.push({ ...difference, ...own });
  }
  return effects.toSorted((x, y) => Math.abs(y.effect ?? 0) - Math.abs(x.effect ?? 0));
}

function differences(a: Run, b: Run): Difference[] {
  const model: Difference[] =
    a.family === b.family
      ? changed(a.params, b.params, "").map(({ path, ...difference }) => {
          return { ...difference, run: { ...a, params: withValueAt(a.params, path, difference.b) as JsonObject } };
        })
      : [{ setting: "family", a: a.family, b: b.family, run: { ...a, family: b.family, params: b.params } }];
  const featureSet: Difference[] =
    a.featureSet === b.featureSet
      ? []
      : [{ setting: "feature set", a: a.featureSet, b: b.featureSet, run: { ...a, featureSet: b.featureSet } }];
  const configs = [a.config, b.config] as readonly JsonObject[];
  const sections = [...new Set(configs.flatMap((config) => Object.keys(config)))].filter((key) =>
    affectsTraining([key]),
  );
  const settings = sections.flatMap((section) => {
    const [x = null, y = null] = configs.map((config) => config[section] ?? null);
    const found =
      isObject(x) && isObject(y)
        ? changed(x as JsonObject, y as JsonObject, `${section}.`)
        : JSON.stringify(x) === JSON.stringify(y)
          ? []
          : [{ setting: section, a: x, b: y, path: [] as Path }];
    return found.flatMap(({ path, ...difference }) => {
      const whole = [section, ...path];
      const isChoice = section === "train" && choices.has(String(path[0]));
      if (isChoice || !affectsTraining(whole)) return [];
      return [{ ...difference, run: { ...a, config: withValueAt(a.config, whole, difference.b) } }];
    });
  });
  return [...model, ...featureSet, ...settings];
}

/** The keys of two objects whose values differ. */
function changed(a: JsonObject, b: JsonObject, prefix: string) {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) => {
    const [x, y] = [valueAt(a, [key]) ?? null, valueAt(b, [key]) ?? null] as [Json, Json];
    return JSON.stringify(x) === JSON.stringify(y) ? [] : [{ setting: `${prefix}${key}`, a: x, b: y, path: [key] }];
  });
}
