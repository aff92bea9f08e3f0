import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { ProgressEvent } from "../../core/context.ts";
import { exampleRun, exampleWorkspace } from "../../testing/exampleRecords.ts";
import { save } from "../../testing/folderTruth.ts";
import { openStore } from "../../storage/store/openStore.ts";
import type { WorkspacePaths } from "../../storage/files/workspacePaths.ts";
import { liveStore, type LiveStore } from "./liveStore.ts";

const opened: LiveStore[] = [];
afterEach(() => opened.splice(0).forEach((each) => each.close()));

function storeOf(paths: WorkspacePaths, clock: () => number, warnings: string[] = []): LiveStore {
  const context = {
    now: () => new Date(0),
    signal: new AbortController().signal,
    emit: (event: ProgressEvent) => void (event.type === "warning" && warnings.push(event.message)),
  };
  const store = liveStore({ paths, context }, clock);
  opened.push(store);
  return store;
}

async function train(paths: WorkspacePaths, n: number): Promise<void> {
  const writer = openStore(paths.database);
  await save(paths, writer, exampleRun(n, { model: null, modelVersion: null }));
  writer.close();
}

describe("liveStore", () => {
  it("stays open and sees what other processes write", async () => {
    const paths = exampleWorkspace();
    await train(paths, 1);
    const store = storeOf(paths, () => 0);
    const first = store.current();
    expect(first.browse.runCount()).toBe(1);
    await train(paths, 2);
    expect(store.current()).toBe(first);
    expect(first.browse.runCount()).toBe(2);
  });

  it("opens a new index that replaced the old file", async () => {
    const [paths, other] = [exampleWorkspace(), exampleWorkspace()];
    await train(paths, 1);
    for (const n of [1, 2, 3]) await train(other, n);
    const store = storeOf(paths, () => 0);
    expect(store.current().browse.runCount()).toBe(1);
    renameSync(other.database, paths.database);
    for (const ending of ["-wal", "-shm"]) rmSync(paths.database + ending, { force: true });
    expect(store.current().browse.runCount()).toBe(3);
  });

  it("reads the records if the index is missing or damaged, but not for every page", async () => {
    const paths = exampleWorkspace();
    await train(paths, 1);
    let now = 0;
    const warnings: string[] = [];
    // Each call of the clock is 1 ms later: building the index took 1 ms, so it is used for 20 ms.
    const store = storeOf(paths, () => now++, warnings);
    for (const ending of ["", "-wal", "-shm"]) rmSync(paths.database + ending, { force: true });
    writeFileSync(paths.database, "not a database, and longer than the header of a SQLite file is ".repeat(40));
    const made = store.current();
    expect([made.browse.runCount(), warnings.length]).toEqual([1, 1]);
    expect(warnings[0]).toContain(join(paths.workspace, "mlctl.db"));
    expect(store.current()).toBe(made);
    now += 100;
    expect(store.current()).not.toBe(made);
  });
});
