/** init --from: a workspace from one file, with a config.json that says what was decided, and test rows. */
import { copyFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { KnownNames } from "../../config/schema/schema.ts";
import type { Context } from "../../core/context.ts";
import { MlctlError } from "../../core/errors.ts";
import { counted } from "../../core/text/format.ts";
import { listed } from "../../core/text/listed.ts";
import { createWorkspace, type InitResult, type NewFile } from "../init.ts";
import { configText, targetSummary } from "./configText.ts";
import {
  headerNote,
  listColumns,
  lookAt,
  withFile,
  type ColumnKindRow,
  type Look,
  type ReadFile,
  type Reasoned,
} from "./lookAt.ts";
import { copyParts } from "./splitFile.ts";
import { markTestRows, requireShare, type TestRows } from "./testRows.ts";

export interface InitFromOptions {
  /** Absolute path; created if missing. */
  readonly directory: string;
  /** The file. */
  readonly from: string;
  /** Labelled test rows in a file of their own: `from` is not split. */
  readonly testFile?: string | undefined;
  readonly target: string;
  readonly testSize: number;
  readonly seed: number;
  readonly force: boolean;
  readonly dryRun: boolean;
  readonly known: KnownNames;
  /** The call, for the first line of config.json. */
  readonly command: string;
}

export interface InitFromResult extends Omit<InitResult, "template"> {
  readonly target: string;
  readonly task: "regression" | "binary" | "multiclass";
  readonly trainingRows: number;
  readonly testRows: number;
  /** What was decided, as lines of a label and a sentence. */
  readonly decisions: readonly (readonly [label: string, decision: string])[];
}

/** The columns of a file, for a user who has not named the target. */
export function columnsOf(path: string): Promise<{ columns: readonly ColumnKindRow[]; notes: readonly string[] }> {
  return withFile(path, async (read) => ({ columns: listColumns(read), notes: headerNote(read) }));
}

/** @throws {MlctlError} kind "usage" for an unknown target or if files exist; "data" if the file cannot be read or split */
export async function initFrom(options: InitFromOptions, context: Context): Promise<InitFromResult> {
  const { directory, from, testFile, target, testSize, seed, command } = options;
  requireShare(testSize);
  const folders = ["sourcedata", "testdata"].map((folder) => join(directory, folder));
  if (folders.some((folder) => `${dirname(resolve(from))}/`.startsWith(`${folder}/`)))
    throw new MlctlError("usage", `${from} is in a folder that mlctl reads whole: its test rows would be trained on`, {
      hint: "move the file out of sourcedata and testdata",
    });
  const { isTestSet, notes: aboutTest } = await aboutTestFile(testFile, target);
  return withFile(from, async (read, dataset) => {
    const look = lookAt(read, target);
    const chosen = chooseTestRows(look, { testSize, seed });
    const isTest = isTestSet ? undefined : chosen.isTest;
    const test = isTest?.reduce((sum, each) => sum + each, 0) ?? 0;
    const rows = { training: read.table.rowCount - test, test: isTestSet ? await rowsOf(testFile!) : test };
    const how = isTestSet ? `from ${basename(testFile!)}` : chosen.how;
    const { timeColumn } = chosen;
    const text = configText(look, { timeColumn, how, rows, seed, command });
    const data = isTest === undefined ? copies(from, testFile!) : parts(from, dataset, isTest, context);
    const written = await createWorkspace(data, text, options, context);
    return {
      ...written,
      notes: [...headerNote(read), ...aboutTest, ...written.notes],
      target,
      task: look.encoded.spec.task,
      trainingRows: rows.training,
      testRows: rows.test,
      decisions: decisionsOf(look, { ...rows, how, timeColumn }),
    };
  });
}

/** The latest rows if they are in time order and each part has every class, else a share of each class. */
function chooseTestRows(look: Look, options: { testSize: number; seed: number }) {
  const { table, encoded, order } = look;
  const { classes } = encoded.spec;
  const seeded = `seed ${options.seed}`;
  if (order !== undefined) {
    const isTest = markTestRows(table.rowCount, { method: "time", times: order.times }, options);
    const seen = [0, 1].map((part) => new Set(encoded.y.filter((_, i) => isTest[encoded.rows[i]!] === part)).size);
    if (classes === undefined || seen.every((count) => count === classes.length)) {
      const timeColumn = table.columns.some(({ name }) => name === order.name) ? order.name : null;
      return { isTest, how: `the latest by ${order.name}`, timeColumn };
    }
  }
  if (classes === undefined)
    return {
      isTest: markTestRows(table.rowCount, { method: "random" }, options),
      how: `at random, ${seeded}`,
      timeColumn: null,
    };
  // Rows without a target are a class of their own.
  const codes = new Float64Array(table.rowCount).fill(classes.length);
  for (const [i, row] of encoded.rows.entries()) codes[row] = encoded.y[i]!;
  const by: TestRows = { method: "stratify", codes, count: classes.length + 1 };
  const isTest = markTestRows(table.rowCount, by, options);
  return { isTest, how: `stratified by ${encoded.spec.name}, ${seeded}`, timeColumn: null };
}

/** Rows as they are in the file; of formats that are not text, as ingest writes them. */
function parts(from: string, dataset: string, isTest: Uint8Array, context: Context): NewFile[] {
  const ending = /\.(csv|tsv|jsonl|ndjson)(\.gz)?$/i.exec(from)?.[1];
  const input = /\.(parquet|json)(\.gz)?$/i.test(from) ? dataset : from;
  const [training, test] = ["sourcedata/train", "testdata/test"].map((path) => `${path}.${ending ?? "csv"}`);
  const write = (path: string): Promise<unknown> =>
    copyParts(input, isTest, { training: path, test: join(dirname(dirname(path)), test!) }, context);
  return [{ path: training!, content: write }, { path: test! }];
}

function copies(from: string, testFile: string): NewFile[] {
  const places = [
    { source: from, folder: "sourcedata" },
    { source: testFile, folder: "testdata" },
  ];
  return places.map(({ source, folder }) => ({
    path: `${folder}/${basename(source)}`,
    content: async (path) => copyFileSync(source, path),
  }));
}

/** A file without the target holds rows to predict. */
async function aboutTestFile(path: string | undefined, target: string) {
  if (path === undefined) return { isTestSet: false, notes: [] };
  const has = await withFile(path, async ({ table }: ReadFile) => table.columns.some(({ name }) => name === target));
  const note = `${basename(path)} has no "${target}", so it is no test set: \`mlctl predict ${basename(path)}\` predicts it`;
  return { isTestSet: has, notes: has ? [] : [note] };
}

function rowsOf(path: string): Promise<number> {
  return withFile(path, async ({ table }) => table.rowCount);
}

function decisionsOf(
  look: Look,
  { training, test, how, timeColumn }: { training: number; test: number; how: string; timeColumn: string | null },
): [string, string][] {
  const { spec } = look.encoded;
  const positive = look.positive === null ? "" : `; positive is ${look.positive}`;
  const remarks = [...look.remarks, ...look.notes];
  const lines: [string, string][] = [
    ["target", `${spec.name}, ${targetSummary(look)}${positive}`],
    ["test rows", `${test} of ${training + test}, ${how}`],
    ["time column", timeColumn ?? ""],
    ["id columns", named(look.ids)],
    ["not used", named(look.dropped)],
    ["missing values", look.markers.map(({ marker }) => `"${marker}"`).join(", ")],
    ["equal rows", look.duplicatesKept === 0 ? "" : `${look.duplicatesKept} like an earlier row, kept`],
    [
      "check",
      listed(
        look.suspects.map(({ column, reason }) => `${column}: ${reason}`),
        3,
        "; ",
      ),
    ],
    ["remarks", remarks.length === 0 ? "" : `${counted(remarks.length, "comment")} in config.json`],
  ];
  return lines.filter(([, decision]) => decision !== "");
}

function named(items: readonly Reasoned[]): string {
  return listed(
    items.map(({ name, reason }) => `${name} (${reason})`),
    3,
    "; ",
  );
}
