/** runs list: runs by family, tag or metric, with the parameters that differ from the defaults of their family. */
import { attempt, MlctlError } from "../../core/errors.ts";
import type { Run } from "../../core/records/run.ts";
import { paramsText } from "../../core/text/candidateLabels.ts";
import { findEstimator } from "../../estimators/findEstimator.ts";
import { findMetric } from "../../metrics/findMetric.ts";
import type { Session } from "../session.ts";

export interface RunListOptions {
  readonly family?: string | undefined;
  readonly tag?: string | undefined;
  readonly models?: boolean | undefined;
  readonly limit: number;
  /** "f1" or "test.f1"; newest first without it. */
  readonly sort?: string | undefined;
  /** "f1>0.8": a run has to fulfil all of them. */
  readonly where?: readonly string[] | undefined;
}

const PATTERN = /^(test\.)?([A-Za-z]\w*)(?:\s*(<=?|>=?)\s*(-?[\d.]+(?:e-?\d+)?))?$/;

/** @throws {MlctlError} kind "usage" for an unknown metric or another pattern */
export function runList(
  { store }: Pick<Session, "store">,
  { family, tag, models, limit, sort, where = [] }: RunListOptions,
) {
  const limits = where.map((text) => metricIn("--where", text, true));
  const order = sort === undefined ? undefined : metricIn("--sort", sort, false);
  const isPlain = order === undefined && limits.length === 0;
  const found = store
    .runs({ ...(isPlain ? { limit } : {}), family, tag, withModel: models })
    .filter((run) => limits.every(({ holds, valueOf }) => holds(valueOf(run))));
  const loss = (run: Run): number => {
    const value = order?.valueOf(run) ?? NaN;
    const sign = Number.isNaN(value) || !findMetric(order!.name).greaterIsBetter ? 1 : -1;
    return Number.isNaN(value) ? Infinity : sign * value;
  };
  const runs =
    order === undefined ? found : found.toSorted((a, b) => (loss(a) < loss(b) ? -1 : loss(a) > loss(b) ? 1 : 0));
  return {
    runs: runs.slice(0, limit),
    production: store.deployments()[0]?.runId ?? null,
    /** Names of the metrics in `sort` and `where`. */
    asked: [...new Set([order, ...limits].flatMap((each) => each?.name ?? []))],
  };
}

function metricIn(flag: string, text: string, isLimit: boolean) {
  const [, part, given, sign = "", number = ""] = PATTERN.exec(text.trim()) ?? [];
  if (given === undefined || (sign === "") === isLimit || Number.isNaN(Number(number)))
    throw new MlctlError("usage", `${flag} takes a metric${isLimit ? " and a limit" : ""}, found "${text}"`, {
      hint: isLimit ? '--where "f1>0.8", or "test.f1>0.8" for test rows' : "--sort f1, or test.f1 for test rows",
    });
  const { name } = findMetric(given);
  const limit = Number(number);
  return {
    name,
    valueOf: ({ metrics, score }: Run): number => (part === undefined ? metrics : score?.metrics)?.[name] ?? NaN,
    holds: (value: number): boolean =>
      sign.startsWith("<")
        ? value < limit || (sign === "<=" && value === limit)
        : value > limit || (sign === ">=" && value === limit),
  };
}

/** "max_depth 3, eta 0.1": those that differ from the defaults, so that other runs of a list change nothing. */
export function changedParams({ family, params }: Run): string {
  const defaults = attempt(
    () => findEstimator(family).params,
    () => [],
  );
  // What "auto" found on this machine.
  const isChanged = (name: string, value: unknown): boolean =>
    name !== "engine" && value !== defaults.find((each) => each.name === name)?.default;
  return paramsText(params, isChanged);
}
