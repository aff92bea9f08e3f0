import { readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commitDeployment } from "./deployment/commitDeployment.ts";
import {
  exampleArtifact,
  exampleDataset,
  exampleRequest,
  exampleRun,
  exampleWorkspace,
} from "../testing/exampleRecords.ts";
import { save, truthOf } from "../testing/folderTruth.ts";
import { folderRecords } from "./openRecords.ts";
import { openSqlite } from "./sqlite/sqlite.ts";
import { openStore } from "./store/openStore.ts";
import { syncStore } from "./store/syncStore.ts";
import { verify } from "./verify.ts";
import type { WorkspacePaths } from "./files/workspacePaths.ts";

/** A dataset, its run and two deployments of the run, all with their files. */
async function soundWorkspace(): Promise<WorkspacePaths> {
  const paths = exampleWorkspace();
  const store = openStore(paths.database);
  await save(
    paths,
    store,
    exampleDataset(1, { artifact: exampleArtifact(paths, "ingesteddata/finaldata.csv", "a\n1\n") }),
  );
  await save(paths, store, exampleRun(1, { model: exampleArtifact(paths, "models/m.json", "{}") }));
  commitDeployment(paths, exampleRequest(paths, "run1", 1));
  commitDeployment(paths, exampleRequest(paths, "run2", 2));
  await syncStore(folderRecords(paths), store);
  store.close();
  return paths;
}

async function complaints(paths: WorkspacePaths): Promise<string[]> {
  const findings = await verify(truthOf(paths));
  return findings.filter(({ status }) => status !== "pass").map((f) => `${f.status}: ${f.name}: ${f.message}`);
}

describe("verify", () => {
  it("passes every artifact, the store and the deployment of an intact workspace", async () => {
    const paths = await soundWorkspace();
    const done: string[] = [];
    const findings = await verify(truthOf(paths), (count, total) => done.push(`${count}/${total}`));
    expect(findings.map(({ name, status }) => `${status} ${name}`)).toEqual([
      "pass store",
      "pass deployment",
      "pass artifact ingesteddata/finaldata.csv",
      "pass artifact models/m.json",
      ...[1, 2].flatMap((n) =>
        ["ingestedfiles.txt", "latestscore.txt", "trainedmodel.json"].map(
          (name) => `pass artifact production_deployment/releases/00000${n}_run${n}/${name}`,
        ),
      ),
    ]);
    expect(done.at(-1)).toBe("8/8");
  });

  it("finds changed and missing files, also if the size is unchanged", async () => {
    const paths = await soundWorkspace();
    writeFileSync(join(paths.models, "m.json"), "[]");
    writeFileSync(join(paths.datasets, "finaldata.csv"), "a\n");
    rmSync(join(paths.production, "releases/000001_run1/latestscore.txt"));
    expect(await complaints(paths)).toEqual([
      "fail: artifact ingesteddata/finaldata.csv: changed: 2 bytes, expected 4",
      "fail: artifact models/m.json: changed: its checksum differs",
      "fail: artifact production_deployment/releases/000001_run1/latestscore.txt: missing",
    ]);
  });

  it("reads the bytes of every record: a change that leaves size, time and inode is found", async () => {
    const paths = await soundWorkspace();
    const file = join(paths.models, "run_run1.json");
    const { atime, mtime } = statSync(file);
    writeFileSync(file, readFileSync(file, "utf8").replace('"run1"', '"run7"'));
    utimesSync(file, atime, mtime);
    expect(await complaints(paths)).toEqual([
      expect.stringContaining("fail: record models/run_run1.json: "),
      expect.stringContaining("warn: index: out of date for 1 record;"),
    ]);
  });

  it("finds rows of the index whose run is missing there", async () => {
    const paths = await soundWorkspace();
    const database = openSqlite(paths.index);
    database.pragma("foreign_keys = OFF");
    database.exec("DELETE FROM runs");
    database.close();
    expect(await complaints(paths)).toContain("fail: store: a row of metrics refers to a missing row");
  });

  it("finds damaged records and an index that is out of date", async () => {
    const paths = await soundWorkspace();
    writeFileSync(join(paths.models, "run_run1.json"), "{}");
    expect(await complaints(paths)).toEqual([
      'fail: record models/run_run1.json: the record models/run_run1.json cannot be read: its kind is undefined, not "run"',
      "warn: index: out of date for 1 record; the next command that writes, or `mlctl reindex`, updates it",
    ]);
  });

  it("finds a damaged store and continues with the other checks", async () => {
    const paths = await soundWorkspace();
    for (const suffix of ["-wal", "-shm"]) rmSync(`${paths.database}${suffix}`, { force: true });
    writeFileSync(paths.database, "no database ".repeat(100));
    expect(await complaints(paths)).toEqual([`fail: store: the store ${paths.database} is damaged`]);
    rmSync(paths.database);
    expect(await complaints(paths)).toEqual(["warn: store: missing; `mlctl reindex` creates it"]);
  });

  it("does not report a missing store if nothing has been recorded yet", async () => {
    expect(await verify(truthOf(exampleWorkspace()))).toMatchObject([
      { name: "store", status: "pass", message: "will be created when it is needed" },
    ]);
  });

  it("finds a gap in the history, a stale copy and a damaged deployment", async () => {
    const paths = await soundWorkspace();
    writeFileSync(join(paths.production, "latestscore.txt"), "9");
    rmSync(join(paths.production, "history"), { recursive: true });
    expect(await complaints(paths)).toEqual([
      "fail: deployment history: deployment 1 is missing before 2",
      "warn: index: out of date for 1 record; the next command that writes, or `mlctl reindex`, updates it",
      "warn: deployed copy latestscore.txt: differs from the deployment; the next command that writes restores it",
    ]);
    writeFileSync(join(paths.production, "deployment.json"), "");
    expect((await complaints(paths)).filter((line) => line.includes("it is empty"))).toHaveLength(2);
  });
});
