/** Looks for leakage in the training data; checks the configuration without training. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { recover } from "../../core/errors.ts";
import { findColumn, type Table, cellText, selectRows, type Signature } from "../../core/table/table.ts";
import { dateText, formatNumber, listed } from "../../core/text/format.ts";
import { aucAlone, dominantColumn } from "../../pipeline/leakage/dominantColumn.ts";
import { numbersGroups } from "../../pipeline/leakage/groupColumn.ts";
import { splitDuplicates, wholeRow } from "../../pipeline/leakage/splitDuplicates.ts";
import { targetLeakage, type Suspect } from "../../pipeline/leakage/targetLeakage.ts";
import { temporalLeakage } from "../../pipeline/leakage/temporalLeakage.ts";
import { requestedBy } from "../../pipeline/rows/findSeries.ts";
import { extentOf } from "../../stats/descriptive.ts";
import { latestDataset } from "../datasets.ts";
import type { Session } from "../session.ts";
import { transformRequests } from "../settings.ts";
import { readTestData } from "../testData.ts";
import type { Config } from "../../config/schema/schema.ts";
import { encodeLabels } from "../../pipeline/rows/encodeLabels.ts";
import { prepareData, type PreparedData } from "./trainingData.ts";

/**
 * Warns about rows on both sides of the split and about columns that reveal the target. Yields to the event loop after
 * each column, so that messages of a fit in another thread are handled.
 */
export async function inspectData(session: Session, data: PreparedData): Promise<string[]> {
  const { context } = session;
  const { training, tables } = data.parts();
  const suspects: Suspect[] = [];
  const alone = new Map<string, number>();
  for (const column of training.inputs.columns) {
    await nextTurn();
    context.signal.throwIfAborted();
    suspects.push(...targetLeakage({ ...training.inputs, columns: [column] }, training.y, training.target));
    if (training.target.task === "binary") alone.set(column.name, aucAlone(column, training.y));
  }
  suspects.push(...dominantColumn(alone).filter(({ column }) => suspects.every((each) => each.column !== column)));
  const time = findColumn(data.inputs, data.history?.timeColumn ?? "");
  if (time?.kind === "date") suspects.push(...temporalLeakage(data.inputs, { ...data, times: time.values }));
  await nextTurn();
  context.signal.throwIfAborted();
  const names = wholeRow(data.toSelectOn.table, data.target.name);
  const { rowCount: rows } = tables.validation;
  const equal = `all ${names.length} columns are equal`;
  const copies = splitDuplicates(tables.validation, tables.training, names);
  return [
    ...(await olderTestRows(session, data)),
    ...(copies === 0 ? [] : [`${copies} of ${rows} validation rows are copies of training rows: ${equal}`]),
    ...groupWarnings(data),
    ...leaks(suspects),
  ];
}

/** More columns with one reason share a line. */
const MOST_LINES = 3;
const MOST_NAMES = 100;

function leaks(suspects: readonly Suspect[]): string[] {
  return [...Map.groupBy(suspects, ({ reason }) => reason)].flatMap(([reason, alike]) => {
    const names = alike.map(({ column }) => `"${column}"`);
    if (names.length <= MOST_LINES) return names.map((name) => `leakage: column ${name} reveals the target: ${reason}`);
    return [`leakage: each of ${names.length} columns reveals the target: ${reason}: ${listed(names, MOST_NAMES)}`];
  });
}

/** Of columns that number groups, of which rows are on both sides of the split. */
function groupWarnings({ toSelectOn: { table, y }, target, config, inputs }: PreparedData): string[] {
  if (config.train.selection.group_column !== null) return [];
  // What tells series apart, the features of their past and the folds know.
  const series = requestedBy(transformRequests(config) ?? []);
  const others = new Set([target.name, config.time_column, ...series]);
  const columns = table.columns.filter((each) => !others.has(each.name) && numbersGroups(each, y, target.task));
  return columns.map(({ name }) => {
    const ids = findColumn(inputs, name) === undefined ? "" : `"id_columns": [${JSON.stringify(name)}] and `;
    return `rows of one "${name}" have nearly the same target, so a model can learn to recognise them: set ${ids}"train": { "selection": { "group_column": ${JSON.stringify(name)} } } to keep them together`;
  });
}

/** The test data is read where the rows have a time; what is wrong with it, score reports. */
async function olderTestRows(session: Session, { toSelectOn, config }: PreparedData): Promise<string[]> {
  const { table: rows } = toSelectOn;
  if (timeOf(rows, rows, config.time_column) === undefined) return [];
  const { tables: _tables, ...own } = session;
  const silent = { ...own, context: { ...session.context, emit: () => {} } };
  const test = await readTestData(silent, []).catch(recover(() => undefined));
  return test === undefined ? [] : olderThanTraining(test.table, rows, config.time_column);
}

/** The time column, or the only date column, where both tables have it. */
function timeOf(test: Table, training: Table, timeColumn: string | null) {
  const dates = training.columns.filter(({ kind }) => kind === "date");
  const name = timeColumn ?? (dates.length === 1 ? dates[0]!.name : "");
  const [column, other] = [findColumn(test, name), findColumn(training, name)];
  if (column === undefined || column.kind === "category" || other?.kind !== column.kind) return undefined;
  return { column, times: other.values };
}

/** With test rows drawn at random, such a number of training rows is later than the last of them once in 150 times. */
const CHANCE = 5;

/**
 * Rows of `table` that are later than every test row, where they are more than chance explains.
 * @returns their positions, the times of all rows, and for messages the column and the time of the last test row
 */
export function laterRows(test: Table, table: Table, timeColumn: string | null) {
  const found = timeOf(test, table, timeColumn);
  if (found === undefined) return undefined;
  const { column, times } = found;
  const last = extentOf(column.values)[1];
  const later = Int32Array.from(times.keys()).filter((row) => times[row]! > last);
  const least = Math.max(0.1, 1 - Math.exp(-CHANCE / test.rowCount)) * times.length;
  if (last === -Infinity || later.length < least) return undefined;
  return { later, times, column: column.name, last: column.kind === "date" ? dateText(last) : formatNumber(last) };
}

/** Whether any row of `table` is later than every test row. */
export function isAnyLater(test: Table, table: Table, timeColumn: string | null): boolean {
  const found = timeOf(test, table, timeColumn);
  return found !== undefined && extentOf(found.times)[1] > extentOf(found.column.values)[1];
}

/** Training rows that are later than every test row: the model knows what came after. Of random test rows few are. */
export function olderThanTraining(test: Table, training: Table, timeColumn: string | null): string[] {
  const found = laterRows(test, training, timeColumn);
  if (found === undefined) return [];
  const { later, times, column, last } = found;
  return [
    `test rows are older than training rows: ${later.length} of ${times.length} training rows are later in "${column}" than the last test row (${last}); test on later rows than those that train`,
  ];
}

/** Runs every step of training up to the first fit: target, history, split, folds, leakage. @throws {MlctlError} as train */
export async function checkConfig(session: Session) {
  const dataset = latestDataset(session, "config");
  const data = await prepareData(session, dataset);
  const { split, notes } = data;
  return {
    path: dataset.artifact.path,
    rows: dataset.rows,
    trainingRows: split.training.length,
    validationRows: split.validation.length,
    warnings: [...data.warnings, ...(await inspectData(session, data))],
    notes,
  };
}

export type CheckedData = Awaited<ReturnType<typeof checkConfig>>;

/** @returns a warning for each id or group column that both tables have, if rows of one value have the same target */
export function sharedGroups(
  { id_columns: ids, train }: Config,
  signature: Signature,
  { ingested, test }: { readonly ingested: Table; readonly test: Table },
): string[] {
  const names = new Set([...ids, train.selection.group_column]);
  const columns = ingested.columns.flatMap(({ name }) => (names.has(name) && findColumn(test, name) ? [name] : []));
  if (columns.length === 0) return [];
  const { y, rows } = encodeLabels(ingested, signature);
  const labelled = selectRows(ingested, rows);
  return columns.flatMap((name) => {
    const column = findColumn(labelled, name)!;
    const own = findColumn(test, name)!;
    const isAlike = numbersGroups(column, y, signature.target.task);
    if (!isAlike && name !== train.selection.group_column) return [];
    const known = new Set(Array.from(rows, (_, row) => cellText(column, row)));
    const shared = Array.from({ length: test.rowCount }, (_, row) => cellText(own, row)).filter(
      (text) => text !== null && known.has(text),
    );
    if (shared.length === 0) return [];
    const of = JSON.stringify(name);
    return [
      `${shared.length} of ${test.rowCount} test rows have a ${of} that training rows have, too${isAlike ? `, and rows of one ${of} have nearly the same target` : ""}, so the score is too good: test on others, see \`mlctl split FILE --group ${of}\``,
    ];
  });
}
