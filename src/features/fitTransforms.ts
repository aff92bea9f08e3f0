/** Fits a list of transforms, each on the output of the previous one. */
import { MlctlError } from "../core/errors.ts";
import type { Work } from "../core/inTurns.ts";
import { type Matrix, sliceRows, type Table } from "../core/table/table.ts";
import type { FittedTransform } from "../core/records/model.ts";
import { didYouMean } from "../core/text/suggest.ts";
import type { Transform, TransformContext, TransformRequest } from "../core/transform.ts";
import { featureMatrix } from "./compileTransforms.ts";
import { findTransform, transforms } from "./index.ts";
import type { SelectState } from "./select.ts";
import { optionProblems } from "./mapColumns.ts";

/**
 * Yields after each transform, so that the caller can let signals arrive: one of many columns takes long.
 * The result starts with a `select` of the columns that are needed, so that prediction accepts columns in any order,
 * ignores extra ones and does not require dropped ones. The target is never a feature, even if `table` contains it.
 * @throws {MlctlError} kind "usage", with the path in config.json, for an unknown type, option or column, or if text or
 *   dates remain
 */
export function* fitInTurns(
  table: Table,
  requests: readonly TransformRequest[],
  context: TransformContext,
): Work<FittedTransform[]> {
  const problems = transformProblems(requests).map(({ path, message }) => `${path}: ${message}`);
  if (problems.length > 1)
    throw new MlctlError("usage", `${problems.length} problems in features`, { details: problems });
  if (problems.length === 1) throw new MlctlError("usage", problems[0]!);
  const inputs = { ...table, columns: table.columns.filter((column) => column.name !== context.target) };
  const steps = withoutKeys(inputs, yield* stepsInTurns(inputs, requests, context), context);
  const needed = neededColumns(inputs, steps);
  const selected = { type: "select", state: transforms.select.fit(inputs, { columns: needed }, context) };
  const fitted = [selected, ...steps.map(({ type, state }) => ({ type, state }))];
  // Throws if text or dates remain, before any model is trained.
  const { columnNames } = featureMatrix(sliceRows(inputs, 0, 0), fitted);
  if (new Set(columnNames).size === columnNames.length) return fitted;
  const twice = columnNames.find((name, i) => columnNames.indexOf(name) < i);
  throw new MlctlError("usage", `two features are called "${twice}"`, { hint: "rename or drop one of the columns" });
}

/** Column names in the leading `select` that `fitInTurns` adds. */
export function requiredColumns([select]: readonly FittedTransform[]): ReadonlySet<string> {
  const { columns } = select!.state as SelectState;
  return new Set(columns.map(({ name }) => name));
}

/** Like `featureMatrix`, but transforms may treat training rows differently (out-of-fold target encoding). */
export function trainingMatrix(
  table: Table,
  fitted: readonly FittedTransform[],
  context: TransformContext,
  float32 = false,
): Matrix {
  const steps = fitted.map(({ type, state }) => ({ transform: findTransform(type)!, state }));
  if (steps.every(({ transform }) => transform.trainingTable === undefined))
    return featureMatrix(table, fitted, float32);
  const made = steps.reduce((current, step) => trainingTable(step, current, context), table);
  return featureMatrix(made, [], float32);
}

function trainingTable(
  { transform, state }: Pick<Step, "transform" | "state">,
  table: Table,
  context: TransformContext,
) {
  return transform.trainingTable?.(state, table, context) ?? transform.load(state)(table);
}

export interface Step extends FittedTransform {
  readonly transform: Transform;
}

/** @param wanted filters the transforms to fit; default: all */
export function* stepsInTurns(
  inputs: Table,
  requests: readonly TransformRequest[],
  context: TransformContext,
  wanted: (transform: Transform) => boolean = () => true,
): Work<Step[]> {
  const steps: Step[] = [];
  let current = inputs;
  let history = context.history;
  for (const [i, { type, options }] of requests.entries()) {
    const transform = findTransform(type)!;
    if (!wanted(transform)) continue;
    try {
      const state = transform.fit(current, options, { ...context, history });
      steps.push({ type, state, transform });
      if (history !== undefined) history = transform.narrowHistory?.(state, history) ?? history;
      // The last one is not applied, since its output (often many one-hot columns) would be discarded.
      if (i < requests.length - 1) current = trainingTable({ transform, state }, current, context);
    } catch (error) {
      throw located(error, `features[${i}] (${type})`, context.target);
    }
    yield;
  }
  return steps;
}

/**
 * Drops the time column, and text that identifies series, if no transform replaced them: they serve to look back and are
 * not features themselves.
 */
function withoutKeys(inputs: Table, steps: readonly Step[], { history }: TransformContext): readonly Step[] {
  const keys = new Set(steps.flatMap(({ transform, state }) => transform.looksBack?.(state).by ?? []));
  const remaining = inputs.columns.filter(({ name, kind }) => {
    const isKey = kind === "date" ? name === history?.timeColumn : kind === "category" && keys.has(name);
    return isKey && remains(name, steps);
  });
  if (remaining.length === 0) return steps;
  const columns = remaining.map(({ name }) => name);
  return [...steps, { type: "drop", state: { columns }, transform: transforms.drop }];
}

function remains(name: string, steps: readonly Step[]): boolean {
  let still = true;
  for (const { transform, state } of steps) {
    const isRead = transform.inputNames(state).includes(name);
    if (isRead || transform.type === "select") still = transform.outputNames(state).includes(name);
  }
  return still;
}

/** Input columns that some transform uses to make a column, or that reach the output unchanged. */
function neededColumns(inputs: Table, steps: readonly Step[]): string[] {
  const needed = new Set<string>();
  const unchanged = new Set(inputs.columns.map((column) => column.name));
  for (const { transform, state } of steps) {
    const read = transform.inputNames(state);
    const made = new Set(transform.outputNames(state));
    const isSelect = transform.type === "select";
    for (const name of read) if (unchanged.has(name) && made.size > 0) needed.add(name);
    for (const name of isSelect ? [...unchanged] : read) if (!made.has(name)) unchanged.delete(name);
  }
  return inputs.columns.map((column) => column.name).filter((name) => needed.has(name) || unchanged.has(name));
}

/** All unknown types, unknown options and invalid values, with their paths in config.json. */
export function transformProblems(requests: readonly TransformRequest[]): { path: string; message: string }[] {
  return requests.flatMap(({ type, options }, i) => {
    const path = `features[${i}]`;
    const transform = findTransform(type);
    if (transform !== undefined)
      return optionProblems(options, transform.options).map((problem) => ({ path, message: `${type}: ${problem}` }));
    const known = Object.keys(transforms);
    return [{ path, message: `unknown type "${type}", ${didYouMean(type, known, `allowed: ${known.join(", ")}`)}` }];
  });
}

function located(error: unknown, place: string, target: string): unknown {
  if (!(error instanceof MlctlError)) return error;
  const isTarget = error.message === `no column "${target}"`;
  const hint = isTarget ? `"${target}" is the target; a feature made from it would leak the label` : error.hint;
  return new MlctlError(error.kind, `${place}: ${error.message}`, { hint, cause: error, details: error.details });
}
