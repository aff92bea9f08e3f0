/** init --from: a workspace from one file, with a config.json that says what was decided, and test rows. */
import { readdirSync } from "node:fs";
import { basename, join, relative, sep } from "node:path";
import { cellText, findColumn, type Column, type Table, type Task } from "../../core/table/table.ts";
import type { Context } from "../../core/context.ts";
import { MlctlError } from "../../core/errors.ts";
import { listed, present } from "../../core/text/format.ts";
import { YEAR } from "../../core/text/dateFormat.ts";
import { columnHint } from "../../core/text/suggest.ts";
import { isMissingMarker } from "../../core/text/valueFormat.ts";
import type { IngestedTable } from "../../data/files/ingestFiles.ts";
import { readDataset } from "../../data/files/readTable.ts";
import { automaticTransforms, hasIdName } from "../../features/automatic.ts";
import { rowNumbers } from "../../pipeline/rows/rowNumbers.ts";
import { targetRemarks } from "../../pipeline/rows/targetRemarks.ts";
import { inTemporaryFolder } from "../../storage/files/atomicWrite.ts";
import { createWorkspace, type InitOptions } from "../init.ts";
import { knownNames } from "../knownNames.ts";
import { withCalendarDate, yearsAsDates } from "./calendarDate.ts";
import { chooseTestRows, groupSplit } from "./chooseTestRows.ts";
import { encodeLikely, positiveEntry, targetNote } from "./targetEntry.ts";
import { configText, costsHint, type Entry } from "./configText.ts";
import { checkEncoding, ingestFile, writeParts, type SplitFileOptions } from "./splitFile.ts";

export interface InitFromOptions
  extends Omit<InitOptions, "template" | "known">, Pick<SplitFileOptions, "encoding" | "testSize"> {
  readonly from: string;
  /** Without it, the error lists the columns. */
  readonly target: string | undefined;
}

/**
 * @returns `notes`: what was decided and why, as in the comments of config.json
 * @throws {MlctlError} kind "usage" for no or an unknown target and if files exist; "data" if the file cannot be read, split or
 *   learned
 */
export async function initFrom(options: InitFromOptions, context: Context) {
  const { directory, from, target, encoding } = options;
  checkEncoding(encoding);
  const [folder] = relative(directory, from).split(sep);
  if (folder === "sourcedata" || folder === "testdata")
    throw new MlctlError("usage", `${from} is in a folder that mlctl reads whole: its test rows would be trained on`, {
      hint: `move the file out of ${folder}`,
    });
  return withFile(options, async ({ table, notes, textNotes, columns, markers, undecided, isHeaderless }, dataset) => {
    const names = table.columns.map(({ name }) => name);
    const details = table.columns.map(
      (column) =>
        `${column.name}: ${column.kind}, first ${cellText(column, 0)?.replace("T00:00:00.000Z", "").slice(0, 40) ?? "missing"}`,
    );
    if (target === undefined)
      throw new MlctlError("usage", `${basename(from)} has ${names.length} columns: which one is to be predicted?`, {
        details: [...textNotes, ...details],
        hint: "add --target COLUMN",
      });
    if (!names.includes(target))
      throw new MlctlError("usage", `the file has no column "${target}"`, { hint: columnHint(target, names) });
    if (isIdColumn(table, target))
      throw new MlctlError("usage", `"${target}" has another value in every row, as an id: nothing can be learned`, {
        details,
        hint: "name the column that is to be predicted: --target COLUMN",
      });
    const { asked, encoded } = encodeLikely(table, target);
    const { task } = encoded.spec;
    const remarks = targetRemarks(encoded, asked);
    const given = { ...table, columns: table.columns.filter(({ name }) => name !== target) };
    const dated = withCalendarDate(given);
    const inputs = dated?.table ?? given;
    const chosen = chooseTestRows(table, inputs, encoded, options);
    const groups = chosen.time.value === undefined ? groupSplit(inputs, encoded, options) : undefined;
    const split = groups?.split ?? chosen.split;
    // JSON and Parquet are split as ingest reads them, so that their values have the usual format.
    const input = /\.(jsonl|ndjson|json|parquet)(\.gz)?$/i.test(from) ? dataset : from;
    const types = columns.flatMap(({ name, format, type }) => {
      // As dates, they are a series like one of days or months.
      if (name === chosen.time.value && type === "BIGINT" && hasFullYears(inputs, name)) return [[name, YEAR] as const];
      return format === undefined || input === dataset ? [] : [[name, format] as const];
    });
    const years = types.some(([, format]) => format === YEAR)
      ? undefined
      : yearsAsDates(inputs, chosen.time.value as string | undefined);
    const ingest = {
      names: isHeaderless ? names : undefined,
      types: types.length === 0 ? undefined : Object.fromEntries(types),
      null_values: markers,
      select: (dated ?? years)?.select,
    };
    const entries: Entry[] = [
      { key: "name", value: basename(from).split(".")[0]!, notes: [] },
      { key: "target", value: target, notes: [targetNote(encoded), ...remarks.warnings, ...remarks.notes] },
      ...positiveEntry(asked.positiveClass),
      { key: "task", value: task === "regression" ? task : "classification", notes: [] },
      // Such a column looks like text until "ingest" says how it is read: dropped, it would stay so.
      ...noFeatures(
        { ...inputs, columns: inputs.columns.filter(({ name }) => !undecided.includes(name)) },
        task,
        groups?.split && groups.column,
      ),
      ...(groups?.entries ?? []),
      ...(groups?.split === undefined ? [chosen.time] : []),
      // The parts are written again, so that how the file is written is no setting of config.json.
      {
        key: "ingest",
        value: ingest,
        notes: present([...notes.filter((note) => !textNotes.includes(note)), (dated ?? years)?.note]),
      },
    ];
    const paths = ["sourcedata/train.csv", "testdata/test.csv"];
    const places = paths.map((path) => join(directory, path));
    const data = {
      paths,
      write: () => writeParts({ input, encoding: input === from ? encoding : undefined }, split, places, context),
    };
    const text = configText(`mlctl init --from ${basename(from)}`, [...entries, ...costsHint(encoded.spec.classes)]);
    const written = await createWorkspace(data, text, { ...options, known: knownNames() }, context);
    const decided = entries.flatMap((entry) => entry.notes);
    const rows = { trainingRows: split.training.length, testRows: split.validation.length };
    return { ...written, notes: [...textNotes, ...decided, ...written.notes], target, task, ...rows };
  });
}

function hasFullYears(table: Table, name: string): boolean {
  const column = findColumn(table, name);
  return column?.kind === "number" && column.values.every((year) => year >= 1000);
}

function isIdColumn(table: Table, target: string): boolean {
  const column = findColumn(table, target)!;
  const { size } = new Set<number>(column.kind === "category" ? column.codes : column.values);
  const isNumbered = hasIdName(target) || rowNumbers({ ...table, columns: [column] }).length > 0;
  return size === table.rowCount && (column.kind === "category" || isNumbered);
}

/**
 * The only file of rows in a folder.
 * @throws {MlctlError} kind "usage" if there is none or several
 */
export function loneFile(directory: string): string {
  const isRows = /^[^.].*\.(csv|tsv|jsonl|ndjson|parquet)(\.gz)?$/i;
  const entries = readdirSync(directory, { withFileTypes: true });
  const files = entries.flatMap((entry) => (isRows.test(entry.name) && !entry.isDirectory() ? [entry.name] : []));
  if (files.length === 1) return join(directory, files[0]!);
  const found = files.length === 0 ? "no file of rows" : `several files of rows: ${listed(files.toSorted())}`;
  throw new MlctlError("usage", `${directory} has no config.json and ${found}`, {
    hint: "name the file: `mlctl init --from FILE --target COLUMN`",
  });
}

type ReadFile = Pick<IngestedTable, "columns" | "notes" | "textNotes" | "undecided" | "isHeaderless"> & {
  readonly table: Table;
  /** Strings that mean a missing value in columns of text, if there are any. */
  readonly markers: readonly string[] | undefined;
};

async function withFile<T>(
  { from, encoding }: Pick<InitFromOptions, "from" | "encoding">,
  use: (read: ReadFile, dataset: string) => Promise<T>,
): Promise<T> {
  return inTemporaryFolder(async (folder) => {
    const output = join(folder, "data.csv");
    const read = async (nullValues: readonly string[]) => {
      const ingested = await ingestFile(from, { output, nullValues, encoding });
      return { ...ingested, table: await readDataset(output, ingested.columns, ingested.rows) };
    };
    const first = await read([""]);
    const found = first.table.columns.map((column) => {
      const { name } = column;
      const among = [first.kept, first.missingWords].flatMap((words) => words.get(name) ?? []);
      return { name, markers: [...new Set([...markersOf(column), ...among])] };
    });
    const marked = found.filter(({ markers }) => markers.length > 0);
    if (marked.length === 0) return use({ ...first, markers: undefined }, output);
    const markers = [...new Set(marked.flatMap((column) => column.markers))];
    const again = await read(["", ...markers]);
    const places = listed(
      marked.map((column) => `"${column.name}" (${column.markers.map((each) => `"${each}"`).join(", ")})`),
    );
    return use({ ...again, markers, notes: [`read as missing: ${places}`, ...again.notes] }, output);
  });
}

/** "none", "-" and the like are often a category, unless another column has them for missing numbers. */
function markersOf(column: Column): string[] {
  if (column.kind !== "category") return [];
  return column.categories.filter((text) => isMissingMarker(text) && /\?|n[./]?a|null/i.test(text));
}

/** What train would leave out: columns that identify a row, and others without information. */
function noFeatures(inputs: Table, task: Task, group: string | undefined): Entry[] {
  const numbers = rowNumbers(inputs);
  const others = { ...inputs, columns: inputs.columns.filter(({ name }) => !numbers.includes(name)) };
  const { requests, notes } = automaticTransforms(others, { needs: { complete: false, standardized: false } }, task);
  const dropped = requests.find(({ type }) => type === "drop")?.options["columns"] as readonly string[] | undefined;
  const unused = [...new Set([...numbers, ...(dropped ?? []), ...(group === undefined ? [] : [group])])];
  const isId = (name: string): boolean => hasIdName(name) || name === group;
  // Without any other column, these are what there is to learn from.
  if (unused.length === inputs.columns.length) return [];
  const numbering = numbers.map((name) => `column "${name}" is not used: it numbers the rows`);
  return [
    {
      key: "id_columns",
      value: unused.filter(isId),
      notes: [...numbering, ...notes.filter((note) => note.includes("not used"))],
    },
    { key: "drop_columns", value: unused.filter((name) => !isId(name)), notes: [] },
  ];
}
