/** Writes what was found in a file as a commented config.json. */
import { counted, formatNumber, percent } from "../../core/text/format.ts";
import { listed } from "../../core/text/listed.ts";
import type { Look, Reasoned } from "./lookAt.ts";

export interface Decisions {
  /** Of the column that is set as time_column. */
  readonly timeColumn: string | null;
  /** How the test rows were chosen: "stratified by y, seed 42". */
  readonly how: string;
  readonly rows: { readonly training: number; readonly test: number };
  readonly seed: number;
  /** The call that writes the file. */
  readonly command: string;
}

/** Keys that have a default and no finding are left out. */
export function configText(look: Look, { timeColumn, how, rows, seed, command }: Decisions): string {
  const { spec } = look.encoded;
  const keys = [
    ["", ...look.remarks.map(comment)].join("\n"),
    `  "target": ${text(spec.name)}, // ${line(targetSummary(look))}`,
    `  "task": "${spec.classes === undefined ? "regression" : "classification"}",`,
    look.positive === null
      ? ""
      : `  "positive_class": ${label(look.positive)}, // precision, recall and probabilities refer to it`,
    list("id_columns", look.ids, "identify a row: copied to the predictions, never features"),
    list("drop_columns", look.dropped, "ignored"),
    timeLine(look, timeColumn),
    ...look.suspects.map(({ column, reason }) =>
      comment(`Check "${column}": ${reason}. If it is not known when you predict, add it to drop_columns.`),
    ),
    ingestSection(look),
    `\n  "train": { "seed": ${seed} }`,
  ];
  return [
    `// Written by \`${line(command)}\`.`,
    `// sourcedata has ${rows.training} rows to train on, testdata ${counted(rows.test, "row")} to evaluate the models on (${line(how)}).`,
    "// All other keys have defaults: `mlctl config show` prints all settings, `mlctl config schema` describes them.",
    "{",
    '  "$schema": "./config.schema.json",',
    ...keys.filter((each) => each !== ""),
    "}",
    "",
  ].join("\n");
}

/** "2 classes: no (84 %), yes (16 %)" or "numbers from 1 to 977"; and how many rows have none. */
export function targetSummary({ encoded, table }: Look): string {
  const { spec, y, missing } = encoded;
  const without = missing === 0 ? "" : `; ${missing} of ${table.rowCount} rows have none and are not used`;
  if (spec.classes === undefined) {
    const ends = [Math.min, Math.max].map((of) => formatNumber(y.reduce((a, b) => of(a, b))));
    return `numbers from ${ends.join(" to ")}${without}`;
  }
  const counts = new Int32Array(spec.classes.length);
  for (const code of y) counts[code]!++;
  const shares = spec.classes.map((name, code) => `${name} (${percent(counts[code]! / y.length)})`);
  return `${spec.classes.length} classes: ${listed(shares)}${without}`;
}

function timeLine({ order, otherDates }: Look, timeColumn: string | null): string {
  if (timeColumn !== null)
    return `\n  "time_column": ${text(timeColumn)}, // the rows are in its order: later rows validate and test`;
  if (order !== undefined) return `\n${comment(`The rows are in the order of ${order.name}.`)}`;
  const [date] = otherDates;
  if (date === undefined) return "";
  return `\n  // "time_column": ${line(text(date))}, // the rows are not in its order; set it if the rows to predict are later ones`;
}

function ingestSection({ columns, markers, notes, duplicatesKept, table }: Look): string {
  const formats = columns.flatMap(({ name, format }) =>
    format === undefined ? [] : [`${text(name)}: ${text(format)}`],
  );
  const nulls = ["", ...markers.map(({ marker }) => marker)].map(text);
  const where = markers.map(
    ({ marker, columns: names }) => `"${marker}" in ${listed(names.map((name) => `"${name}"`))}`,
  );
  const entries = [
    ...(formats.length === 0
      ? []
      : [{ entry: `"types": { ${formats.join(", ")} }`, why: "how its values are written" }]),
    ...(markers.length === 0
      ? []
      : [{ entry: `"null_values": [${nulls.join(", ")}]`, why: `missing: ${where.join("; ")}` }]),
  ];
  const copies =
    duplicatesKept === 0
      ? []
      : [
          `${duplicatesKept} of ${table.rowCount} rows equal an earlier row and are kept: "ingest": { "dedupe": "first" } removes them.`,
        ];
  const comments = [...notes, ...copies].map(comment);
  if (entries.length === 0) return comments.length === 0 ? "" : ["", ...comments].join("\n");
  const lines = entries.map(({ entry, why }, i) => `    ${entry}${i < entries.length - 1 ? "," : ""} // ${line(why)}`);
  return ["", ...comments, '  "ingest": {', ...lines, "  },"].join("\n");
}

function list(key: string, items: readonly Reasoned[], what: string): string {
  if (items.length === 0) return "";
  const lines = items.map(
    ({ name, reason }, i) => `    ${text(name)}${i < items.length - 1 ? "," : ""} // ${line(reason)}`,
  );
  return [`\n  // ${what}`, `  "${key}": [`, ...lines, "  ],"].join("\n");
}

function comment(remark: string): string {
  return `  // ${line(remark)}`;
}

/** A comment ends at the end of its line. */
function line(remark: string): string {
  return remark.replaceAll(/[\r\n]+/g, " ");
}

/** In config.json, "${" begins the name of a variable. */
function text(value: string): string {
  return JSON.stringify(value).replaceAll("${", () => "$${");
}

function label(value: string): string {
  return String(Number(value)) === value ? value : text(value);
}
