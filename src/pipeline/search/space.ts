/** Search space: the values that a search may try for each parameter. */
import type { Json } from "../../core/json.ts";
import type { Random } from "../../core/random.ts";

type Scalar = string | number | boolean | null;

/** A parameter is active only if each named parameter has one of these values. */
type Condition = Readonly<Record<string, readonly Scalar[]>>;

interface ChoiceDimension {
  readonly kind: "choice";
  readonly name: string;
  readonly values: readonly Scalar[];
  readonly when: Condition;
}

/** Numbers from `low` to `high`, inclusive. */
export interface NumberDimension {
  readonly kind: "number";
  readonly name: string;
  readonly low: number;
  readonly high: number;
  /** Uniform in the logarithm. */
  readonly log: boolean;
  /** Values are `low` plus multiples of the step; null: any number. Integers have step 1. */
  readonly step: number | null;
  readonly when: Condition;
}

export type Dimension = ChoiceDimension | NumberDimension;

/** Ordered so that a dimension comes after those in its condition. */
export type Space = readonly Dimension[];

/** Values by parameter; inactive parameters are absent. */
export type Point = Readonly<Record<string, Scalar>>;

/** As in config.json. */
export interface DimensionSettings {
  readonly values?: readonly Scalar[] | undefined;
  readonly distribution?: "uniform" | "log_uniform" | "integer" | "log_integer" | undefined;
  readonly low?: number | undefined;
  readonly high?: number | undefined;
  readonly step?: number | undefined;
  readonly when?: Condition | undefined;
}

/** @param settings already validated, see config/searchProblems */
export function readSpace(settings: Readonly<Record<string, readonly Scalar[] | DimensionSettings>>): Space {
  const dimensions = Object.entries(settings).map(([name, given]) => readDimension(name, given));
  const placed: Dimension[] = [];
  while (placed.length < dimensions.length) {
    const names = new Set(placed.map(({ name }) => name));
    const next = dimensions.find((each) => !names.has(each.name) && Object.keys(each.when).every((n) => names.has(n)));
    if (next === undefined) throw new RangeError("conditions of the search space are circular");
    placed.push(next);
  }
  return placed;
}

function readDimension(name: string, given: readonly Scalar[] | DimensionSettings): Dimension {
  if (isList(given)) return { kind: "choice", name, values: given, when: {} };
  const { values, distribution = "uniform", low, high, step, when = {} } = given;
  if (values !== undefined) return { kind: "choice", name, values, when };
  const isWhole = distribution === "integer" || distribution === "log_integer";
  const numbers = { low: low!, high: high!, log: distribution.startsWith("log_"), step: step ?? (isWhole ? 1 : null) };
  return { kind: "number", name, ...numbers, when };
}

function isList(given: readonly Scalar[] | DimensionSettings): given is readonly Scalar[] {
  return Array.isArray(given);
}

/** Whether the condition of a parameter holds. */
export function isActive({ when }: Dimension, point: Point): boolean {
  return Object.entries(when).every(([name, allowed]) => name in point && allowed.includes(point[name]!));
}

/** Sets a value for each active parameter, in order. */
export function pointOf(space: Space, valueOf: (dimension: Dimension) => Scalar): Point {
  const point: Record<string, Scalar> = {};
  for (const dimension of space) if (isActive(dimension, point)) point[dimension.name] = valueOf(dimension);
  return point;
}

/** Number of values of a dimension; Infinity for numbers without a step. */
export function valueCount(dimension: Dimension): number {
  if (dimension.kind === "choice") return dimension.values.length;
  const { low, high, step } = dimension;
  // Tolerance of a millionth of a step, so that 0.3 is on a grid with step 0.1.
  return step === null ? Infinity : Math.floor((high - low) / step + 1e-6) + 1;
}

/** The nearest value of the dimension. */
export function onGrid({ low, high, step }: NumberDimension, value: number): number {
  if (step === null) return Math.min(high, Math.max(low, value));
  const last = Math.floor((high - low) / step + 1e-6);
  const steps = Math.min(last, Math.max(0, Math.round((value - low) / step)));
  // Twelve digits, so that 0.1 + 2 · 0.1 is 0.3.
  return Number((low + steps * step).toPrecision(12));
}

/** Canonical string of a point, independent of the order of its parameters. */
export function pointText(point: Readonly<Record<string, Json>>): string {
  return JSON.stringify(Object.entries(point).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

type Range = Required<Pick<DimensionSettings, "low" | "high" | "distribution">>;

const range = (distribution: NonNullable<Range["distribution"]>, low: number, high: number): Range => ({
  distribution,
  low,
  high,
});

/** By family. */
export const defaultSpaces: Readonly<Record<string, Record<string, Range>>> = {
  ridge: { alpha: range("log_uniform", 0.01, 1000) },
  lasso: { alpha: range("log_uniform", 0.0001, 10) },
  elastic_net: { alpha: range("log_uniform", 0.0001, 10), l1_ratio: range("uniform", 0.05, 0.95) },
  logistic_regression: { C: range("log_uniform", 0.001, 100) },
  random_forest: { max_features: range("uniform", 0.1, 1), min_samples_leaf: range("log_integer", 1, 30) },
  xgboost: {
    max_depth: range("integer", 2, 10),
    min_child_weight: range("log_integer", 1, 30),
    subsample: range("uniform", 0.5, 1),
    colsample_bytree: range("uniform", 0.5, 1),
    reg_lambda: range("log_uniform", 0.1, 30),
  },
};

/** The last parameter changes fastest. Inactive parameters are left out, so no point is repeated. */
export function gridPoints(space: Space): Point[] {
  let points: Point[] = [{}];
  for (const dimension of space) {
    const extended = (point: Point): Point[] =>
      valuesOf(dimension).map((value) => ({ ...point, [dimension.name]: value }));
    points = points.flatMap((point) => (isActive(dimension, point) ? extended(point) : [point]));
  }
  return points;
}

function valuesOf(dimension: Dimension): Point[string][] {
  if (dimension.kind === "choice") return [...new Set(dimension.values)];
  const { low, step, name } = dimension;
  const count = valueCount(dimension);
  if (step === null || !Number.isFinite(count))
    throw new RangeError(`grid search needs a list of values or a step for ${name}`);
  return Array.from({ length: count }, (_, i) => Number((low + i * step).toPrecision(12)));
}

export function randomPoint(space: Space, random: Random): Point {
  return pointOf(space, (dimension) => randomValue(dimension, random));
}

export function randomValue(dimension: Dimension, random: Random): Point[string] {
  if (dimension.kind === "choice") return dimension.values[random.integer(dimension.values.length)]!;
  const { from, to, value } = scaleOf(dimension);
  return onGrid(dimension, value(from + random.uniform() * (to - from)));
}

/** Scale on which a number is drawn: logarithmic if configured, extended by half a step at each end for a grid. */
interface Scale {
  readonly from: number;
  readonly to: number;
  readonly value: (position: number) => number;
  readonly position: (value: number) => number;
}

export function scaleOf({ low, high, log, step }: NumberDimension): Scale {
  const margin = (step ?? 0) / 2;
  // Half a step below a grid that starts near 0 could be negative, which has no logarithm.
  const [first, last] = [log ? Math.max(low - margin, low / 2) : low - margin, high + margin];
  if (!log) return { from: first, to: last, value: (x) => x, position: (x) => x };
  return { from: Math.log(first), to: Math.log(last), value: Math.exp, position: Math.log };
}
