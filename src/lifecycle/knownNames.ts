/** The names that config.json may use (families, metrics, transforms) and the checks that need their registries. */
import type { Config, ConfigProblem, KnownNames } from "../config/schema/schema.ts";
import { attempt } from "../core/errors.ts";
import type { Json } from "../core/json.ts";
import { driftTestList, findDriftTest } from "../drift/findDriftTest.ts";
import { estimators } from "../estimators/index.ts";
import { resolveParams } from "../estimators/fittedState.ts";
import { findTransform, transforms } from "../features/index.ts";
import { transformProblems } from "../features/fitTransforms.ts";
import { findMetric } from "../metrics/findMetric.ts";
import { metrics } from "../metrics/index.ts";
import { transformRequests } from "./settings.ts";

type Space = NonNullable<NonNullable<Config["train"]["models"]>[number]["search"]>["space"];

let names: KnownNames | undefined;

export function knownNames(): KnownNames {
  return (names ??= {
    families: Object.keys(estimators),
    metrics: Object.keys(metrics),
    features: Object.keys(transforms),
    driftTests: driftTestList(),
    problems: (config) => [
      ...metricProblems(config),
      ...paramProblems(config),
      ...featureProblems(config),
      ...driftProblems(config),
    ],
  });
}

/** Metrics that do not suit the task. If the task is inferred from the data, training reports them instead. */
function metricProblems({ task, train, promotion }: Config): ConfigProblem[] {
  if (task === null) return [];
  const named = [
    ...(train.metric === null ? [] : [["train.metric", train.metric] as const]),
    ...Object.keys(promotion.require).map((name) => [`promotion.require.${name}`, name] as const),
  ];
  return named.flatMap(([path, name]) => {
    // Every classification metric supports two classes.
    const message = problemOf(() => findMetric(name, task === "classification" ? "binary" : task));
    return message === undefined ? [] : [{ path, message }];
  });
}

function paramProblems({ train }: Config): ConfigProblem[] {
  return (train.models ?? []).flatMap(({ family, params, search }, i) => {
    const { params: specs } = estimators[family as keyof typeof estimators];
    const check = (path: string, name: string, value: Json): ConfigProblem[] => {
      const message = problemOf(() => resolveParams(specs, { [name]: value }, family));
      return message === undefined ? [] : [{ path: `train.models.${i}.${path}.${name}`, message }];
    };
    const fixed = Object.entries(params).flatMap(([name, value]) => check("params", name, value as Json));
    const searched = Object.entries(search?.space ?? {}).flatMap(([name, given]) =>
      valuesToCheck(given)
        .flatMap((value) => check("search.space", name, value))
        .slice(0, 1),
    );
    return [...fixed, ...searched];
  });
}

/** Values to check for a search space: all values of a list, or both ends of a range and a number between them. */
function valuesToCheck(given: Space[string]): readonly Json[] {
  if (Array.isArray(given)) return given;
  const { values, distribution, low = 0, high = 0, step } = given as Exclude<Space[string], readonly unknown[]>;
  if (values !== undefined) return values;
  return [low, high, low + (step ?? (distribution?.endsWith("integer") ? 1 : (high - low) / Math.PI))];
}

function problemOf(check: () => unknown): string | undefined {
  return attempt(
    () => void check(),
    ({ message, hint }) => (hint === undefined ? message : `${message}; ${hint}`),
  );
}

/** Also of transforms that look back in time, which need a time_column that is not excluded. */
function featureProblems(config: Config): ConfigProblem[] {
  const requests = transformRequests(config) ?? [];
  const problems = transformProblems(requests).map(({ path, message }) => {
    return { path: path.replace(/\[(\d+)\]/g, ".$1"), message };
  });
  const { time_column: time, id_columns, drop_columns } = config;
  if (time !== null && ![...id_columns, ...drop_columns].includes(time)) return problems;
  const problem = time === null ? "time_column is not set" : `id_columns or drop_columns remove "${time}"`;
  const lookBack = requests.flatMap(({ type }, i) => {
    const message = `${type} looks back in time, but ${problem}`;
    return findTransform(type)?.historyGaps === undefined ? [] : [{ path: `features.${i}`, message }];
  });
  return [...problems, ...lookBack];
}

/** Misspelt drift tests, and limits at which a p-value would always or never mean drift. */
function driftProblems({ monitor }: Config): ConfigProblem[] {
  const { rules, columns } = monitor.drift;
  return Object.entries(columns).flatMap(([column, { test, limit }]) => {
    const path = `monitor.drift.columns.${column}`;
    const message = test === undefined ? undefined : problemOf(() => findDriftTest(test, column));
    if (message !== undefined) return [{ path: `${path}.test`, message }];
    if (limit === undefined) return [];
    if (limit <= 0) return [{ path: `${path}.limit`, message: "must be above 0" }];
    // Without a named test, Evidently's rules may choose a distance instead of a p-value.
    const isPValue = test === undefined ? rules === "calibrated" : findDriftTest(test, column).measure === "p_value";
    const tooLarge =
      'must be at most 1 because this test returns a p-value; set "test" to a distance for larger limits';
    return isPValue && limit > 1 ? [{ path: `${path}.limit`, message: tooLarge }] : [];
  });
}
