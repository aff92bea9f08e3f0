/** Input columns that fitted transforms need. */
import type { FittedTransform } from "../core/records/model.ts";
import type { SelectState } from "./select.ts";

/** Column names in the leading `select` that `fitTransforms` adds. */
export function requiredColumns(transforms: readonly FittedTransform[]): ReadonlySet<string> {
  const { columns } = transforms[0]!.state as SelectState;
  return new Set(columns.map(({ name }) => name));
}
