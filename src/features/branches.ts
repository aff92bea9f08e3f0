/** Branches: several lists of transforms side by side, each with its own prefix: the features of an ensemble's members. */
import { MlctlError } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import type { FittedTransform } from "../core/records/model.ts";
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

/** @param find the registry, which knows the transforms of the branches */
export function branchesOf(find: (type: string) => Transform | undefined): Transform<BranchesState> {
  const stepsOf = ({ transforms }: Branch) =>
    transforms.map(({ type, state }) => {
      const transform = find(type);
      if (transform !== undefined) return { transform, state };
      throw new MlctlError(
        "data",
        `the model uses the transform "${type}", which this version of mlctl does not support`,
      );
    });
  return {
    type: "branches",
    description: "features of the members of an ensemble",
    kinds: [],
    options: [],
    fit: () => {
      throw new MlctlError("usage", "branches are made by an ensemble");
    },
    inputNames: ({ branches }) => [
      ...new Set(
        branches.flatMap((branch) => stepsOf(branch).flatMap(({ transform, state }) => transform.inputNames(state))),
      ),
    ],
    outputNames: ({ branches }) =>
      branches.flatMap((branch) => {
        const last = stepsOf(branch).at(-1)!;
        return last.transform.outputNames(last.state).map((name) => `${branch.prefix}${name}`);
      }),
    load({ branches }) {
      const loaded = branches.map((branch) => ({
        prefix: branch.prefix,
        maps: stepsOf(branch).map(({ transform, state }) => transform.load(state)),
      }));
      return (table) => ({
        ...table,
        columns: loaded.flatMap(({ prefix, maps }) =>
          maps
            .reduce((current, map) => map(current), table)
            .columns.map((column) => ({ ...column, name: `${prefix}${column.name}` })),
        ),
      });
    },
    toOnnx: (graph, { branches }, columns) =>
      branches.flatMap((branch) =>
        stepsOf(branch)
          .reduce((made, { transform, state }) => {
            if (transform.toOnnx !== undefined) return transform.toOnnx(graph, state, made);
            throw new MlctlError(
              "usage",
              `ONNX export does not support the transform "${transform.type}" of this model`,
              {
                hint: "--from features exports only the estimator, whose input is the features computed by mlctl",
              },
            );
          }, columns)
          .map((column) => ({ ...column, name: `${branch.prefix}${column.name}` })),
      ),
  };
}
