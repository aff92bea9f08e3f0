/** Looks for leakage in the training data; checks the configuration without training. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { findColumn } from "../../core/table/findColumn.ts";
import { splitDuplicates } from "../../pipeline/leakage/splitDuplicates.ts";
import { wholeRow } from "../../pipeline/leakage/wholeRow.ts";
import { targetLeakage } from "../../pipeline/leakage/targetLeakage.ts";
import { temporalLeakage } from "../../pipeline/leakage/temporalLeakage.ts";
import { latestDataset } from "../datasets.ts";
import type { Session } from "../session.ts";
import { prepareData, type PreparedData } from "./trainingData.ts";
import type { Workspace } from "../workspace.ts";

/**
 * Warns about rows on both sides of the split and about columns that reveal the target. Yields to the event loop after
 * each column, so that messages of a fit in another thread are handled.
 */
export async function inspectData({ context }: Workspace, data: PreparedData): Promise<string[]> {
  const { training, tables } = data.parts();
  const suspects = [];
  for (const column of training.inputs.columns) {
    await nextTurn();
    context.signal.throwIfAborted();
    suspects.push(...targetLeakage({ ...training.inputs, columns: [column] }, training.y, training.target));
  }
  const time = findColumn(data.inputs, data.history?.timeColumn ?? "");
  if (time?.kind === "date") suspects.push(...temporalLeakage(data.inputs, { ...data, times: time.values }));
  await nextTurn();
  context.signal.throwIfAborted();
  const names = wholeRow(data.toSelectOn.table, data.target.name);
  const copies = splitDuplicates(tables.validation, tables.training, names);
  return [
    ...(copies === 0 ? [] : [copiesOf(copies, tables.validation.rowCount, names.length)]),
    ...suspects.map(({ column, reason }) => `leakage: column "${column}" reveals the target: ${reason}`),
  ];
}

function copiesOf(copies: number, rows: number, columns: number): string {
  return `${copies} of ${rows} validation rows are copies of training rows: all ${columns} columns are equal`;
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
