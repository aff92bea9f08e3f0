/** Which columns of a model some data lacks. */
import type { Signature } from "../../core/table/signature.ts";
import { suggest } from "../../core/text/suggest.ts";

/** Names that are compared with each missing one: a hostile header must not cost minutes. */
const MOST_STRANGERS = 200;
const LONGEST_NAME = 200;

/** A sentence for each input column that is not among `names`, with the column that may be it under another name. */
export function missingColumns({ inputs, target }: Signature, names: readonly string[]): string[] {
  const known = new Set([...inputs.map(({ name }) => name), target.name]);
  const strangers = names.filter((name) => !known.has(name) && name.length <= LONGEST_NAME).slice(0, MOST_STRANGERS);
  const missing = inputs.filter(({ name }) => !names.includes(name));
  return missing.map(({ name }) => {
    const near = suggest(name, strangers);
    return `column "${name}" is missing${near === undefined ? "" : `; did you rename it to "${near}"?`}`;
  });
}
