import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { ProgressEvent } from "../../core/context.ts";
import { exampleRun, exampleWorkspace } from "../../storage/exampleRecords.ts";
import { saveRecord } from "../../storage/store/saveRecord.ts";
import { openStore } from "../../storage/store/openStore.ts";
import type { WorkspacePaths } from "../../storage/files/workspacePaths.ts";
import { liveStore, type LiveStore } from "./liveStore.ts";

const opened: LiveStore[] = [];
afterEach(() => opened.splice(0).forEach((each) => each.close()));

function storeOf(paths: WorkspacePaths, clock: () => number, told: string[] = []): LiveStore {
  const context = {
    now: () => new Date(0),
    signal: new AbortController().signal,
    emit: (event: ProgressEvent) => void (event.type === "warning" && told.push(event.message)),
  };
  const store = liveStore({ paths, context }, clock);
  opened.push(store);
  return store;
}

function train(paths: WorkspacePaths, n: number): void {
  const writer = openStore(paths.database);
  saveRecord(paths, writer, exampleRun(n, { model: null, modelVersion: null }));
  writer.close();
}

describe("liveStore", () => {
  it("stays open and sees what others write meanwhile", () => {
    const paths = exampleWorkspace();
    train(paths, 1);
    const store = storeOf(paths, () => 0);
    const first = store.current();
    expect(first.browse.runCount()).toBe(1);
    train(paths, 2);
    expect(store.current()).toBe(first);
    expect(first.browse.runCount()).toBe(2);
  });

  it("opens what took the index's place", () => {
    const [paths, other] = [exampleWorkspace(), exampleWorkspace()];
    train(paths, 1);
    for (const n of [1, 2, 3]) train(other, n);
    const store = storeOf(paths, () => 0);
    expect(store.current().browse.runCount()).toBe(1);
    renameSync(other.database, paths.database);
    for (const ending of ["-wal", "-shm"]) rmSync(paths.database + ending, { force: true });
    expect(store.current().browse.runCount()).toBe(3);
  });

  it("reads the records where the index is gone or damaged, and not again for every page", () => {
    const paths = exampleWorkspace();
    train(paths, 1);
    let now = 0;
    const told: string[] = [];
    // Each look at the clock is 1 ms later: making the index took 1 ms, so that it stands for 20 ms.
    const store = storeOf(paths, () => now++, told);
    for (const ending of ["", "-wal", "-shm"]) rmSync(paths.database + ending, { force: true });
    writeFileSync(paths.database, "this is no database, and longer than a header of SQLite would be ".repeat(40));
    const made = store.current();
    expect([made.browse.runCount(), told.length]).toEqual([1, 1]);
    expect(told[0]).toContain(join(paths.workspace, "mlctl.db"));
    expect(store.current()).toBe(made);
    now += 100;
    expect(store.current()).not.toBe(made);
  });
});
