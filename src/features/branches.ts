/** Branches: several lists of transforms side by side, each with its own prefix: the features of an ensemble's members. */
import { MlctlError } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import type { GraphBuilder, GraphColumn } from "../core/onnx.ts";
import type { FittedTransform } from "../core/records/model.ts";
import type { Table } from "../core/table/table.ts";
import type { Transform } from "../core/transform.ts";

export type Branch = {
  /** Before the names of its features. */
  readonly prefix: string;
  readonly transforms: readonly { readonly type: string; readonly state: JsonObject }[];
};

export type BranchesState = { readonly branches: readonly Branch[] };

/** Names of features without the prefixes of branches: several members of an ensemble may have the same feature. */
export function withoutPrefixes(transforms: readonly FittedTransform[], names: readonly string[]): readonly string[] {
  const last = transforms.at(-1);
  if (last?.type !== "branches") return names;
  const { branches } = last.state as unknown as BranchesState;
  return names.map((name) => name.slice(branches.find(({ prefix }) => name.startsWith(prefix))?.prefix.length ?? 0));
}

/** Adds a transform to an ONNX graph. @throws {MlctlError} kind "usage" for one without operators */
export function transformNodes(
  graph: GraphBuilder,
  { transform, state }: { readonly transform: Transform; readonly state: JsonObject },
  columns: readonly GraphColumn[],
): readonly GraphColumn[] {
  if (transform.toOnnx !== undefined) return transform.toOnnx(graph, state, columns);
  const message = `ONNX export does not support the transform "${transform.type}" of this model`;
  const hint = "--from features exports only the estimator, whose input is the features computed by mlctl";
  throw new MlctlError("usage", message, { hint });
}

/** @param find the registry, which knows the transforms of the branches */
export function branchesOf(find: (type: string) => Transform): Transform<BranchesState> {
  const stepsOf = ({ transforms }: Branch) => transforms.map(({ type, state }) => ({ transform: find(type), state }));
  return {
    type: "branches",
    description: "features of the members of an ensemble",
    kinds: [],
    options: [],
    fit: () => {
      throw new MlctlError("usage", "branches are made by an ensemble");
    },
    inputNames: ({ branches }) => [
      ...new Set(branches.flatMap(stepsOf).flatMap(({ transform, state }) => transform.inputNames(state))),
    ],
    outputNames: ({ branches }) =>
      branches.flatMap((branch) => {
        const last = stepsOf(branch).at(-1)!;
        return last.transform.outputNames(last.state).map((name) => `${branch.prefix}${name}`);
      }),
    load({ branches }) {
      const loaded = branches.map((branch) => {
        const maps = stepsOf(branch).map(({ transform, state }) => transform.load(state));
        return (table: Table) => prefixed(branch, maps.reduce((current, map) => map(current), table).columns);
      });
      return (table) => ({ ...table, columns: loaded.flatMap((columnsOf) => columnsOf(table)) });
    },
    toOnnx: (graph, { branches }, columns) =>
      branches.flatMap((branch) =>
        prefixed(
          branch,
          stepsOf(branch).reduce((made, step) => transformNodes(graph, step, made), columns),
        ),
      ),
  };
}

function prefixed<C extends { readonly name: string }>({ prefix }: Branch, columns: readonly C[]): C[] {
  return columns.map((column) => ({ ...column, name: `${prefix}${column.name}` }));
}
