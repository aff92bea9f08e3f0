/** Looks for leakage in the training data. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { findColumn } from "../../core/table/findColumn.ts";
import { splitDuplicates } from "../../pipeline/leakage/splitDuplicates.ts";
import { targetLeakage } from "../../pipeline/leakage/targetLeakage.ts";
import { temporalLeakage } from "../../pipeline/leakage/temporalLeakage.ts";
import type { PreparedData } from "./trainingData.ts";
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
  const names = tables.training.columns.map(({ name }) => name);
  const copies = splitDuplicates(tables.validation, tables.training, names);
  return [
    ...(copies === 0 ? [] : [`${copies} of ${tables.validation.rowCount} validation rows are copies of training rows`]),
    ...suspects.map(({ column, reason }) => `leakage: column "${column}" reveals the target: ${reason}`),
  ];
}
