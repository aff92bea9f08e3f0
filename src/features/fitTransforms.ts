/** Fits a list of transforms, each on what the one before made. */
import { MlctlError } from "../core/errors.ts";
import { findColumn } from "../core/table/findColumn.ts";
import type { FittedTransform } from "../core/records/model.ts";
import { sliceRows } from "../core/table/selectRows.ts";
import type { Table } from "../core/table/table.ts";
import type { Transform, TransformContext, TransformRequest } from "../core/transform.ts";
import { featureMatrix } from "./featureMatrix.ts";
import { findTransform } from "./findTransform.ts";
import { transforms } from "./index.ts";
import { transformProblems } from "./transformProblems.ts";

export type { TransformRequest } from "../core/transform.ts";

/**
 * The result begins with a `select` of the columns that are really needed, so that prediction takes columns in any
 * order, ignores others and does not ask for what was dropped. The target is never a feature, even if `table` has it.
 *
 * @throws {MlctlError} kind "usage", with the path in config.json: unknown type, option or column, text left over
 */
export function fitTransforms(
  table: Table,
  requests: readonly TransformRequest[],
  context: TransformContext,
): FittedTransform[] {
  const problems = transformProblems(requests);
  if (problems.length > 0) throw configError(problems);
  const inputs = { ...table, columns: table.columns.filter((column) => column.name !== context.target) };
  const steps = withoutTime(inputs, fitSteps(inputs, requests, context), context);
  const needed = neededColumns(inputs, steps);
  const selected = { type: "select", state: transforms.select.fit(inputs, { columns: needed }, context) };
  const fitted = [selected, ...steps.map(({ type, state }) => ({ type, state }))];
  featureMatrix(sliceRows(inputs, 0, 0), fitted); // throws for text left over, before any model is trained on the rest
  return fitted;
}

/** A fitted transform with its behaviour. */
export interface Step extends FittedTransform {
  readonly transform: Transform;
}

/** @param wanted all transforms, or only those that it takes */
export function fitSteps(
  inputs: Table,
  requests: readonly TransformRequest[],
  context: TransformContext,
  wanted: (transform: Transform) => boolean = () => true,
): Step[] {
  const steps: Step[] = [];
  let current = inputs;
  let history = context.history;
  requests.forEach(({ type, options }, i) => {
    const transform = findTransform(type)!;
    if (!wanted(transform)) return;
    try {
      const state = transform.fit(current, options, { ...context, history });
      steps.push({ type, state, transform });
      if (history !== undefined) history = transform.narrowHistory?.(state, history) ?? history;
      // The last one is not applied: with one-hot columns that would be most of the memory, for nothing.
      if (i < requests.length - 1) {
        current = transform.trainingTable?.(state, current, context) ?? transform.load(state)(current);
      }
    } catch (error) {
      throw located(error, `features[${i}] (${type})`, context.target);
    }
  });
  return steps;
}

/** When a row happened is no feature by itself: where it is left over, it was there to look back from. */
function withoutTime(inputs: Table, steps: readonly Step[], { history }: TransformContext): readonly Step[] {
  const column = findColumn(inputs, history?.timeColumn ?? "");
  if (column?.kind !== "date") return steps;
  let open = true;
  for (const { transform, state } of steps) {
    const taken = transform.inputNames(state).includes(column.name);
    if (taken || transform.type === "select") open = transform.outputNames(state).includes(column.name);
  }
  const drop = { type: "drop", state: { columns: [column.name] }, transform: transforms.drop };
  return open ? [...steps, drop] : steps;
}

/** Input columns that some transform reads to make something, or that come out as they went in. */
function neededColumns(inputs: Table, steps: readonly Step[]): string[] {
  const needed = new Set<string>();
  const open = new Set(inputs.columns.map((column) => column.name));
  for (const { transform, state } of steps) {
    const read = transform.inputNames(state);
    const made = new Set(transform.outputNames(state));
    const isSelect = transform.type === "select";
    for (const name of read) if (open.has(name) && made.size > 0) needed.add(name);
    for (const name of isSelect ? [...open] : read) if (!made.has(name)) open.delete(name);
  }
  return inputs.columns.map((column) => column.name).filter((name) => needed.has(name) || open.has(name));
}

function configError(problems: readonly { path: string; message: string }[]): MlctlError {
  const lines = problems.map(({ path, message }) => `${path}: ${message}`);
  return lines.length === 1
    ? new MlctlError("usage", lines[0]!)
    : new MlctlError("usage", `${lines.length} problems in features`, { details: lines });
}

function located(error: unknown, place: string, target: string): unknown {
  if (!(error instanceof MlctlError)) return error;
  const isTarget = error.message === `no column "${target}"`;
  const hint = isTarget ? `"${target}" is the target, a feature made of it would give it away` : error.hint;
  return new MlctlError(error.kind, `${place}: ${error.message}`, { hint, cause: error, details: error.details });
}
