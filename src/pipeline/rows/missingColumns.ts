/** Finds the input columns of a model that are missing in the data. */
import type { Signature } from "../../core/table/signature.ts";
import { suggest } from "../../core/text/suggest.ts";

/** Limits on the names compared with each missing column, so that a hostile header does not take minutes. */
const MAX_CANDIDATES = 200;
const MAX_NAME_LENGTH = 200;

/** Position of a column of the model among `names`, which are composed (NFC); those of an old model may not be. */
export function positionOf(column: string, names: readonly string[]): number {
  const position = names.indexOf(column);
  return position >= 0 ? position : names.indexOf(column.normalize("NFC"));
}

/** One message per input column that is not among `names`, with a similar unknown column as a suggestion. */
export function missingColumns({ inputs, target }: Signature, names: readonly string[]): string[] {
  const known = new Set([...inputs.map(({ name }) => name), target.name]);
  const candidates = names
    .filter((name) => !known.has(name) && name.length <= MAX_NAME_LENGTH)
    .slice(0, MAX_CANDIDATES);
  const missing = inputs.filter(({ name }) => positionOf(name, names) < 0);
  return missing.map(({ name }) => {
    const near = suggest(name, candidates);
    return `column "${name}" is missing${near === undefined ? "" : `; did you rename it to "${near}"?`}`;
  });
}
