/** Which input columns a fitted chain needs. */
import type { FittedTransform } from "../core/records/model.ts";
import type { SelectState } from "./select.ts";

/** Names of the columns that the leading `select` of `fitTransforms` asks for. */
export function requiredColumns(transforms: readonly FittedTransform[]): ReadonlySet<string> {
  const { columns } = transforms[0]!.state as SelectState;
  return new Set(columns.map(({ name }) => name));
}
