/** Which input column each feature comes from, so that importance can be given by column. */
import type { JsonObject } from "../core/json.ts";
import type { FittedTransform } from "../core/records/model.ts";
import type { Transform } from "../core/transform.ts";
import type { BranchesState } from "./branches.ts";
import { findTransform } from "./index.ts";
import { namesOf } from "./mapColumns.ts";

type Origins = ReadonlyMap<string, string>;

/** Input column by feature. A ratio comes from the column that is divided, a look back from the column that it reads. */
export function inputColumns(transforms: readonly FittedTransform[], inputs: Origins = new Map()): Origins {
  let origins = inputs;
  for (const { type, state } of transforms) {
    const made =
      type === "branches"
        ? ofBranches(state as unknown as BranchesState, origins)
        : madeBy(findTransform(type)!, state).map(([output, input]) => [output, origins.get(input) ?? input] as const);
    origins = new Map([...origins, ...made]);
  }
  return origins;
}

/** Positions of the features of each input column. */
export function featuresByColumn(
  features: readonly string[],
  transforms: readonly FittedTransform[],
): ReadonlyMap<string, readonly number[]> {
  const origins = inputColumns(transforms);
  return Map.groupBy(features.keys(), (place) => origins.get(features[place]!) ?? features[place]!);
}

function ofBranches({ branches }: BranchesState, inputs: Origins): (readonly [string, string])[] {
  return branches.flatMap(({ prefix, transforms }) =>
    // Under both names, see withoutPrefixes.
    [...inputColumns(transforms, inputs)].flatMap(([name, column]) => [
      [`${prefix}${name}`, column] as const,
      [name, column] as const,
    ]),
  );
}

/** Pairs of output and input: those of the state that is narrowed to one column at a time. */
export function madeBy(transform: Transform, state: JsonObject): (readonly [output: string, input: string])[] {
  const kept = new Set(transform.inputNames(state));
  return narrowed(state).flatMap(([input, part]) =>
    transform.outputNames(part).map((output) => [output, kept.has(output) ? output : input] as const),
  );
}

/** Transforms that look back list their columns as `series`, all others as `columns`. */
function narrowed(state: JsonObject): (readonly [column: string, part: JsonObject])[] {
  const { series, columns } = state as unknown as Partial<
    Record<"series" | "columns", readonly (JsonObject & { readonly name: string; readonly column: string })[]>
  >;
  if (series !== undefined) return series.map((each) => [each.column, { ...state, series: [each] }]);
  return (columns ?? []).map((each) => [namesOf({ columns: [each] })[0]!, { ...state, columns: [each] }]);
}
