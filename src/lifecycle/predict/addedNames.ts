/** Names of the columns that predicting adds, where the rows have columns of these names. */
import { MlctlError } from "../../core/errors.ts";

/** Each name, or where it is taken the first free one of NAME_2, NAME_3, … */
export function freeNames(names: readonly string[], taken: Iterable<string>): string[] {
  const known = new Set(taken);
  return names.map((name) => {
    let free = name;
    for (let number = 2; known.has(free); number++) free = `${name}_${number}`;
    known.add(free);
    return free;
  });
}

/** A note for each name that was replaced. */
export function renamedNotes(names: readonly string[], free: readonly string[]): string[] {
  return names.flatMap((name, i) =>
    free[i] === name
      ? []
      : [`the rows have a column called "${name}": the column that is added is called "${free[i]}"`],
  );
}

/** For JSON Lines, whose columns may come late. @throws {MlctlError} kind "data" if a name is taken after all */
export function refuseTaken(columns: readonly string[], added: readonly string[]): void {
  const taken = added.find((column) => columns.includes(column));
  if (taken === undefined) return;
  throw new MlctlError("data", `a later row has a column called "${taken}", like the one that is added`, {
    hint: "rename or drop it first",
  });
}
