/** Search space: the values that a search may try for each parameter. */
import type { Json } from "../../core/json.ts";

type Scalar = string | number | boolean | null;

/** A parameter is active only if each named parameter has one of these values. */
export type Condition = Readonly<Record<string, readonly Scalar[]>>;

export interface ChoiceDimension {
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
  return {
    kind: "number",
    name,
    low: low!,
    high: high!,
    log: distribution.startsWith("log_"),
    step: step ?? (isWhole ? 1 : null),
    when,
  };
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
