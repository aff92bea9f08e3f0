import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import type { Run } from "../../core/records/lineage.ts";
import { commitDeployment } from "../deployment/commitDeployment.ts";
import {
  dist,
  exampleDataset,
  exampleMonitoring,
  exampleSearch,
  exampleExecution,
  exampleRequest,
  exampleRun,
  exampleWorkspace,
  temporaryFolder,
  workspaceIn,
} from "../../testing/exampleRecords.ts";
import { save } from "../../testing/folderTruth.ts";
import { readFolderStore, reindex, syncStore } from "./syncStore.ts";
import { folderRecords } from "../openRecords.ts";
import { findRun, resolveRun } from "./resolveRun.ts";
import type { WorkspacePaths } from "../files/workspacePaths.ts";
import { openMemoryStore, openStore } from "./openStore.ts";

const now = new Date("2026-04-01T00:00:00.000Z");

/** Two datasets, three runs (one scored), two deployments, an alias, two monitored days, a search and a job's run. */
async function filledWorkspace(): Promise<WorkspacePaths> {
  const paths = exampleWorkspace();
  const store = openStore(paths.database);
  await save(paths, store, exampleDataset(1));
  await save(paths, store, exampleDataset(2, { inputFolder: "sourcedata" }));
  await save(paths, store, exampleRun(1));
  await save(paths, store, exampleRun(2, { trainId: "t", rank: 2, model: null, modelVersion: null }));
  await save(paths, store, exampleRun(3, { trainId: "t", family: "xgboost", modelVersion: 2 }));
  await save(paths, store, scored(exampleRun(1)));
  await save(paths, store, { kind: "aliases", aliases: { staging: "run3", champion: "run3" } });
  await save(paths, store, exampleMonitoring(1));
  await save(paths, store, exampleMonitoring(2, { modelSha256: "model2", runId: "run3" }));
  await save(paths, store, exampleSearch(1));
  await save(paths, store, exampleExecution(1));
  commitDeployment(paths, exampleRequest(paths, "run3", 1));
  commitDeployment(paths, exampleRequest(paths, "run1", 2));
  await syncStore(folderRecords(paths), store);
  store.close();
  return paths;
}

function scored(run: Run): Run {
  const artifact = { path: "models/latestscore.txt", sha256: "score", bytes: 5 };
  const score = {
    createdAt: run.createdAt,
    metric: "f1",
    value: 0.571,
    interval: null,
    metrics: { f1: 0.571 },
    intervals: {},
    baseline: {},
    confusionMatrix: null,
    classReport: null,
    rows: 5,
    testFiles: [],
    copiedRows: 0,
    artifact,
  };
  return { ...run, score };
}

function ids(runs: readonly Run[]): string[] {
  return runs.map(({ runId }) => runId);
}

/** All rows of all tables, without `stat`, which differs between copies of a file. */
function content(database: string): Record<string, unknown[]> {
  const connection = new Database(database, { readonly: true });
  const tables = connection
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')")
    .pluck()
    .all();
  const all = tables.map((table) => {
    const rows = connection.prepare<[], Record<string, unknown>>(`SELECT * FROM ${table}`).all();
    return [table, rows.map((row) => JSON.stringify({ ...row, stat: null })).toSorted()] as const;
  });
  connection.close();
  return Object.fromEntries(all);
}

describe("the store", () => {
  it("finds datasets", async () => {
    const store = readFolderStore(await filledWorkspace());
    expect(store.datasets().map(({ datasetId }) => datasetId)).toEqual(["20260102T000000000Z", "20260101T000000000Z"]);
    expect(store.latestDataset()).toEqual(exampleDataset(2, { inputFolder: "sourcedata" }));
    expect(store.latestDataset("practicedata")).toEqual(exampleDataset(1));
    expect(store.latestDataset("elsewhere")).toBeUndefined();
    expect(store.dataset("data1")).toEqual(exampleDataset(1));
    expect(store.dataset("20260101T000000000Z")).toEqual(exampleDataset(1));
  });

  it("finds runs, newest first", async () => {
    const store = readFolderStore(await filledWorkspace());
    expect(ids(store.runs())).toEqual(["run3", "run2", "run1"]);
    expect(ids(store.runs({ limit: 1 }))).toEqual(["run3"]);
    expect(ids(store.runs({ family: "logistic_regression", withModel: true }))).toEqual(["run1"]);
    expect(ids(store.runs({ datasetSha256: "data1", configSha256: "config1", status: "FINISHED" }))).toHaveLength(3);
    expect(ids(store.runs({ datasetSha256: "data2" }))).toEqual([]);
    expect(ids(store.runsOfTraining("t"))).toEqual(["run3", "run2"]);
    expect(store.latestModelRun()?.runId).toBe("run3");
    expect(store.runOfVersion(1)).toEqual(scored(exampleRun(1)));
    expect(store.nextModelVersion()).toBe(3);
  });

  it("resolves a reference to a run", async () => {
    const store = openMemoryStore();
    const known = await filledWorkspace();
    await syncStore(folderRecords(known), store);
    const found = ["latest", "v1", "@staging", "run2"].map((reference) => resolveRun(store, reference).runId);
    expect(found).toEqual(["run3", "run1", "run3", "run2"]);
    // Both sources have the alias; the deployment has precedence.
    expect(resolveRun(store, "@champion").runId).toBe("run1");
    expect(() => resolveRun(store, "@stagin")).toThrow("there is no alias @stagin");
    expect(() => resolveRun(store, "v9")).toThrow("there is no model v9");
  });

  it("accepts a unique prefix, lists the matches of an ambiguous one and suggests one for an unknown id", async () => {
    const store = readFolderStore(await filledWorkspace());
    const failure = (reference: string): unknown => {
      try {
        return resolveRun(store, reference);
      } catch (error) {
        return error;
      }
    };
    expect(failure("run")).toMatchObject({
      kind: "usage",
      message: '3 runs begin with "run"',
      details: ["run3", "run2", "run1"],
    });
    expect(failure("ran3")).toMatchObject({ kind: "usage", hint: "did you mean run3?" });
    expect(failure("%")).toMatchObject({ kind: "usage", message: "there is no run %" });
    const other = exampleWorkspace();
    const single = openStore(other.database);
    expect(() => findRun(single, "x")).toThrow("there are no runs yet");
    await save(other, single, exampleRun(1, { runId: "abcdef" }));
    expect(findRun(single, "abc").runId).toBe("abcdef");
    single.close();
  });

  it("finds monitoring results by model and by id, newest window first, and replaces repeated ones", async () => {
    const paths = await filledWorkspace();
    const store = openStore(paths.database);
    expect(store.monitorings().map(({ monitorId }) => monitorId)).toEqual(["watch2", "watch1"]);
    expect(store.monitorings({ modelSha256: "model1" }).map(({ monitorId }) => monitorId)).toEqual(["watch1"]);
    expect(store.monitorings({ runId: "run3", limit: 5 }).map(({ monitorId }) => monitorId)).toEqual(["watch2"]);
    expect(store.monitorings({ limit: 1 })).toHaveLength(1);
    await save(paths, store, exampleMonitoring(1, { status: "pass", findings: [] }));
    expect(store.monitoring("watch1")).toEqual(exampleMonitoring(1, { status: "pass", findings: [] }));
    expect(store.monitoring("watch9")).toBeUndefined();
    store.close();
    const database = new Database(paths.database, { readonly: true });
    const rows = database.prepare("SELECT run_id, model_version, window_start, name, value, low FROM monitor_values");
    expect(rows.all()).toContainEqual({
      run_id: "run1",
      model_version: 1,
      window_start: "2026-03-01T00:00:00.000Z",
      name: "f1",
      value: 0.5,
      low: 0.4,
    });
    const of = (sql: string): unknown => database.prepare(sql).all();
    const { runId, params } = exampleRun(1);
    const values = Object.entries(params).map(([name, value]) => ({ name, value: JSON.stringify(value) }));
    expect(of(`SELECT name, value FROM params WHERE run_id = '${runId}'`)).toEqual(values);
    const { number, status, value, seconds, params: tried } = exampleSearch(1).trials[0]!;
    expect(of("SELECT * FROM trials LIMIT 1")).toEqual([
      {
        search_id: "search1",
        number,
        trial_id: `search1.${number}`,
        status,
        value,
        seconds,
        params: JSON.stringify(tried),
      },
    ]);
    database.close();
  });

  it("lists the runs of jobs, newest first", async () => {
    const store = openMemoryStore();
    const paths = exampleWorkspace();
    for (const n of [1, 2, 3]) await save(paths, store, exampleExecution(n, n === 2 ? { job: "other" } : {}));
    expect(store.executions().map(({ executionId }) => executionId)).toEqual(["job_3", "job_2", "job_1"]);
    expect(store.executions({ job: "fullprocess", limit: 1 })).toEqual([exampleExecution(3)]);
    await save(paths, store, exampleExecution(3, { status: "done", exitCode: 0 }));
    expect(store.executions().map(({ status }) => status)).toEqual(["done", "running", "running"]);
  });

  it("keeps the trials of a search separate from the runs", async () => {
    const store = readFolderStore(await filledWorkspace());
    expect(store.searches()).toEqual([exampleSearch(1)]);
    expect(store.searches("key1")).toHaveLength(1);
    expect(store.searches("key2")).toEqual([]);
    expect(store.runs().map(({ runId }) => runId)).not.toContain("search1.0");
  });

  it("finds the deployment that was active at a date", async () => {
    const store = readFolderStore(await filledWorkspace());
    expect(store.deployments().map(({ deploymentId, runId }) => [deploymentId, runId])).toEqual([
      [2, "run1"],
      [1, "run3"],
    ]);
    expect(store.deploymentAt("2026-03-01T00:00:59.999Z")).toBeUndefined();
    expect(store.deploymentAt("2026-03-01T00:01:00.000Z")?.runId).toBe("run3");
    expect(store.deploymentAt("2026-03-01T01:01:30.000+01:00")?.runId).toBe("run3");
    expect(store.deploymentAt("2027-01-01T00:00:00.000Z")?.runId).toBe("run1");
  });
});

describe("the index and the records", () => {
  it("has the same content after a reindex, also of a deleted index and of a copied workspace", async () => {
    const paths = await filledWorkspace();
    const before = content(paths.database);
    expect(Object.fromEntries(Object.entries(before).map(([table, rows]) => [table, rows.length]))).toEqual({
      aliases: 3,
      artifacts: 11,
      deployments: 2,
      models: 2,
      metrics: 7,
      params: 6,
      runs: 3,
      files: 2,
      datasets: 2,
      executions: 1,
      monitorings: 2,
      monitor_values: 12,
      searches: 1,
      trials: 2,
      records: 12,
    });
    expect(await reindex(folderRecords(paths), paths.index, now)).toEqual({
      records: 12,
      problems: [],
      setAside: null,
    });
    expect(content(paths.database)).toEqual(before);
    for (const suffix of ["", "-wal", "-shm"]) rmSync(`${paths.database}${suffix}`, { force: true });
    await reindex(folderRecords(paths), paths.index, now);
    expect(content(paths.database)).toEqual(before);
    const copy = temporaryFolder();
    cpSync(paths.workspace, copy, { recursive: true });
    const copied = workspaceIn(copy);
    await reindex(folderRecords(copied), copied.index, now);
    expect(content(copied.index)).toEqual(before);
  });

  it("is updated by the next sync after records were added, changed or removed without the index", async () => {
    const paths = await filledWorkspace();
    writeFileSync(join(paths.models, "run_run4.json"), JSON.stringify(exampleRun(4)));
    writeFileSync(join(paths.models, "run_run2.json"), JSON.stringify(exampleRun(2, { family: "baseline" })));
    rmSync(join(paths.models, "run_run3.json"));
    const reader = readFolderStore(paths);
    expect(reader.runs().map(({ runId }) => runId)).toEqual(["run4", "run2", "run1"]);
    const store = openStore(paths.database);
    expect(store.runs().map(({ runId }) => runId)).toEqual(["run3", "run2", "run1"]);
    expect(await syncStore(folderRecords(paths), store)).toEqual({ indexed: 2, removed: 1, problems: [] });
    expect(store.runs().map(({ runId, family }) => `${runId} ${family}`)).toEqual([
      "run4 logistic_regression",
      "run2 baseline",
      "run1 logistic_regression",
    ]);
    expect(await syncStore(folderRecords(paths), store)).toEqual({ indexed: 0, removed: 0, problems: [] });
    store.close();
    const synced = content(paths.database);
    await reindex(folderRecords(paths), paths.index, now);
    expect(content(paths.database)).toEqual(synced);
  });

  it("leaves out a damaged record and reports it", async () => {
    const paths = await filledWorkspace();
    writeFileSync(join(paths.models, "run_run2.json"), '{"kind":"run"');
    const store = openStore(paths.database);
    const { problems } = await syncStore(folderRecords(paths), store);
    expect(problems.map(({ path, error }) => [path, error.kind, error.message])).toEqual([
      ["models/run_run2.json", "data", "the record models/run_run2.json cannot be read: it is not JSON"],
    ]);
    expect(store.runs().map(({ runId }) => runId)).toEqual(["run3", "run1"]);
    store.close();
  });

  it("keeps runs in a folder that is no longer configured", async () => {
    const paths = await filledWorkspace();
    const moved = { ...paths, models: join(paths.workspace, "othermodels") };
    const store = openStore(paths.database);
    expect(await syncStore(folderRecords(moved), store)).toMatchObject({ removed: 1 });
    expect(store.runs()).toHaveLength(3);
    store.close();
    const before = content(paths.database);
    await reindex(folderRecords(moved), moved.index, now);
    expect(content(paths.database)).toEqual(before);
  });

  it("creates no files when a reader opens a workspace without an index", () => {
    const paths = exampleWorkspace();
    const store = readFolderStore(paths);
    expect(store.runs()).toEqual([]);
    store.close();
    expect(readdirSync(paths.workspace).toSorted()).toEqual(["ingesteddata", "models", "production_deployment"]);
  });

  it("syncs 3,000 known records without reading them", async () => {
    const paths = exampleWorkspace();
    for (let n = 0; n < 3_000; n++) {
      writeFileSync(join(paths.models, `run_r${n}.json`), JSON.stringify(exampleRun(1, { runId: `r${n}` })));
    }
    const store = openStore(paths.database);
    const timed = async (): Promise<number> => {
      const start = performance.now();
      await syncStore(folderRecords(paths), store);
      return performance.now() - start;
    };
    const [first, second] = [await timed(), await timed()];
    expect(await syncStore(folderRecords(paths), store)).toEqual({ indexed: 0, removed: 0, problems: [] });
    // Compared in the same run: a look at size and time of a file takes a fraction of reading and indexing it.
    expect(second).toBeLessThan(first / 3);
    store.close();
  });
});

describe("opening the store", () => {
  it("rejects a store from a newer version and does not change it", async () => {
    const paths = await filledWorkspace();
    const connection = new Database(paths.database);
    connection.pragma("user_version = 99");
    connection.pragma("wal_checkpoint(TRUNCATE)");
    connection.close();
    const before = readFileSync(paths.database);
    for (const open of [
      async () => openStore(paths.database),
      async () => readFolderStore(paths),
      () => reindex(folderRecords(paths), paths.index, now),
    ]) {
      await expect(open).rejects.toThrow(
        `the store ${paths.database} has schema version 99, written by a newer mlctl; this one supports 6`,
      );
    }
    expect(readFileSync(paths.database).equals(before)).toBe(true);
  });

  it("reports a damaged store, which reindex renames and rebuilds", async () => {
    const paths = await filledWorkspace();
    const before = content(paths.database);
    for (const damage of ["text", "page"]) {
      for (const suffix of ["-wal", "-shm"]) rmSync(`${paths.database}${suffix}`, { force: true });
      const bytes = readFileSync(paths.database);
      writeFileSync(
        paths.database,
        damage === "text" ? "this is no database".repeat(50) : bytes.fill(0xff, 4096, 8192 * 2),
      );
      const work = async (): Promise<unknown> => {
        const store = openStore(paths.database);
        try {
          return [
            store.runs(),
            store.datasets(),
            await syncStore(folderRecords(paths), store),
            store.integrityProblems(),
          ];
        } finally {
          store.close();
        }
      };
      await expect(work).rejects.toThrow(`the store ${paths.database} is damaged`);
      const { setAside } = await reindex(folderRecords(paths), paths.index, now);
      expect(setAside).toBe(`${paths.database}.damaged_20260401T000000000Z`);
      expect(content(paths.database)).toEqual(before);
      rmSync(setAside!);
    }
  });

  it("refuses what is no store of mlctl and does not change it", async () => {
    const paths = exampleWorkspace();
    const other = new Database(paths.database);
    other.exec("CREATE TABLE bookmarks (url TEXT)");
    other.close();
    const table = { ...paths, index: join(paths.workspace, "dataset1.csv") };
    writeFileSync(table.index, "a,b\n1,2\n".repeat(200));
    for (const each of [paths, table]) {
      const before = readFileSync(each.index);
      for (const open of [
        async () => openStore(each.index),
        async () => readFolderStore(each),
        () => reindex(folderRecords(each), each.index, now),
      ])
        await expect(open).rejects.toThrow(
          each === paths ? "is a database of another program" : "dataset1.csv exists and is not a database",
        );
      expect(readFileSync(each.index).equals(before)).toBe(true);
      expect(readdirSync(each.workspace).filter((name) => name.includes("damaged"))).toEqual([]);
    }
  });

  it("is readable by its owner alone, also while it is written", async () => {
    const paths = exampleWorkspace();
    const store = openStore(paths.database);
    await save(paths, store, exampleDataset(1));
    const names = readdirSync(paths.workspace).filter((name) => name.startsWith("mlctl.db"));
    expect(names.toSorted()).toEqual(["mlctl.db", "mlctl.db-shm", "mlctl.db-wal"]);
    for (const name of names) expect(statSync(join(paths.workspace, name)).mode & 0o777).toBe(0o600);
    store.close();
  });

  it("takes records that are dated years ahead for the oldest", async () => {
    const paths = await filledWorkspace();
    const store = openStore(paths.database);
    const [run, dataset] = [store.latestModelRun()!, store.latestDataset()!];
    expect(store.datedAhead()).toBeUndefined();
    const createdAt = "2999-01-01T00:00:00.000Z";
    await save(paths, store, { ...exampleRun(7, { modelVersion: 7 }), createdAt });
    await save(paths, store, { ...exampleDataset(7), createdAt });
    expect(store.datedAhead()).toEqual({ count: 2, newest: createdAt });
    expect([store.latestModelRun(), store.latestDataset()]).toEqual([run, dataset]);
    expect(store.runs().at(-1)?.createdAt).toBe(createdAt);
    store.close();
  });

  it("works in four processes at once without an error", async () => {
    for (let round = 0; round < 3; round++) {
      const paths = exampleWorkspace();
      const go = join(paths.workspace, "go");
      const script = `
        import { existsSync } from "node:fs";
        import { openStore } from ${JSON.stringify(join(dist, "store/openStore.js"))};
        console.log("ready");
        while (!existsSync(${JSON.stringify(go)}));
        openStore(${JSON.stringify(paths.database)}).close();`;
      const children = Array.from({ length: 4 }, () =>
        spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"] }),
      );
      await Promise.all(children.map((child) => once(child.stdout, "data")));
      const exits = children.map(async (child) => ((await once(child, "exit")) as [number])[0]);
      writeFileSync(go, "");
      expect(await Promise.all(exits)).toEqual([0, 0, 0, 0]);
      const store = openStore(paths.database);
      expect(store.integrityProblems()).toEqual([]);
      store.close();
    }
  });

  it("works for a reader in a folder that is not writable", async () => {
    const paths = await filledWorkspace();
    // As on a read-only mount: the file in WAL mode without its -wal and -shm files.
    const target = temporaryFolder();
    cpSync(paths.workspace, target, { recursive: true });
    copyFileSync(paths.database, join(target, "mlctl.db"));
    const script = `
      import { readFolderStore } from ${JSON.stringify(join(dist, "store/syncStore.js"))};
      const paths = ${JSON.stringify(workspaceIn(target))};
      console.log(readFolderStore(paths).runs().length);`;

    chmodSync(target, 0o555);
    const unprivileged = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], { ...unprivileged, cwd: "/" });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    await once(child, "close");
    chmodSync(target, 0o755);
    expect(output).toBe("3\n");
    expect(existsSync(join(target, "mlctl.db-shm"))).toBe(false);
  });
});
