/** runs list: runs by family, tag or metric, with the parameters that differ from the defaults of their family. */
import { attempt, MlctlError } from "../../core/errors.ts";
import type { Run } from "../../core/records/lineage.ts";
import { paramsText } from "../../core/text/recordText.ts";
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

export type RunList = ReturnType<typeof runList>;

const PATTERN = /^(test\.)?([A-Za-z]\w*)(?:\s*(<=?|>=?)\s*(-?[\d.]+(?:e-?\d+)?))?$/;

/** @throws {MlctlError} kind "usage" for an unknown metric or family, or another pattern */
export function runList(
  { store }: Pick<Session, "store">,
  { family, tag, models, limit, sort, where = [] }: RunListOptions,
) {
  const within = where.map((text) => metricIn("--where", text, true));
  const order = sort === undefined ? undefined : metricIn("--sort", sort, false);
  const ascending = order !== undefined && !findMetric(order.name).greaterIsBetter;
  const runs = store.runs({ limit, family, tag, withModel: models, within, by: order, ascending });
  // Families of other versions may have runs, so the name is checked only if none has it.
  if (runs.length === 0 && family !== undefined) findEstimator(family);
  return {
    runs,
    production: store.deployments()[0]?.runId ?? null,
    asked: [...new Set([order, ...within].flatMap((each) => each?.name ?? []))],
  };
}

function metricIn(flag: string, text: string, isLimit: boolean) {
  const [, part, given, sign = "", number = ""] = PATTERN.exec(text.trim()) ?? [];
  if (given === undefined || (sign === "") === isLimit || Number.isNaN(Number(number)))
    throw new MlctlError("usage", `${flag} takes a metric${isLimit ? " and a limit" : ""}, found "${text}"`, {
      hint: isLimit ? '--where "f1>0.8", or "test.f1>0.8" for test rows' : "--sort f1, or test.f1 for test rows",
    });
  return {
    part: part === undefined ? ("validation" as const) : ("test" as const),
    name: findMetric(given).name,
    sign: sign as "<" | "<=" | ">" | ">=",
    limit: Number(number),
  };
}

/** "max_depth 3, eta 0.1": those that differ from the defaults, so that other runs of a list change nothing. */
export function changedParams({ family, params }: Run): string {
  const defaults = attempt(() => findEstimator(family).params) ?? [];
  // What "auto" found on this machine.
  const isChanged = (name: string, value: unknown): boolean =>
    name !== "engine" && value !== defaults.find((each) => each.name === name)?.default;
  return paramsText(params, isChanged);
}
