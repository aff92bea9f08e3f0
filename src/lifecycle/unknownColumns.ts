/** Columns that config.json names and the data does not have: most often a misspelling. */
import type { Config } from "../config/schema.ts";
import { MlctlError } from "../core/errors.ts";
import { suggest } from "../core/suggest.ts";
import type { Table } from "../core/table.ts";

/**
 * @returns a warning for each id or dropped column that is not there: the column that was meant would become a feature
 * @throws {MlctlError} kind "usage" for a time_column that is not there
 */
export function unknownColumns({ columns }: Table, config: Config): string[] {
  const names = columns.map(({ name }) => name);
  const { time_column: time } = config;
  if (time !== null && !names.includes(time)) {
    const near = suggest(time, names);
    throw new MlctlError("usage", `time_column: the data has no column "${time}"`, {
      hint: near === undefined ? `its columns are ${names.slice(0, 20).join(", ")}` : `did you mean "${near}"?`,
    });
  }
  return (["id_columns", "drop_columns"] as const).flatMap((key) =>
    config[key]
      .filter((name) => !names.includes(name))
      .map((name) => {
        const near = suggest(name, names);
        return `${key}: the data has no column "${name}"${near === undefined ? "" : `; did you mean "${near}"?`}`;
      }),
  );
}
