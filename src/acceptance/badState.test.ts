/** A store, a folder or a disk that is not as it should be: a clear error, nothing lost, and the deployed model goes on. */
import Database from "better-sqlite3";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, mkdirSync, readdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { acquireLock } from "../storage/lock.ts";
import { answers, earlierState, errorOf, expectKept, HEADER, rows, smallWorkspace } from "./badInput.ts";
import { copyFolder } from "./keptFolder.ts";
import {
  bin,
  environment,
  temporaryFolder,
  workspaceIn,
  type Finished,
  type FullprocessJson,
  type LifecycleWorkspace,
} from "./lifecycleWorkspace.ts";

let deployed: LifecycleWorkspace;
let answered: string;
beforeAll(() => {
  deployed = smallWorkspace();
  answered = answers(deployed);
});

/** A copy with a file that was not ingested yet, and what was there before. */
function waiting(): { workspace: LifecycleWorkspace; before: Record<string, string> } {
  const workspace = deployed.copy();
  workspace.write({ "practicedata/new.csv": HEADER + rows(40) });
  return { workspace, before: earlierState(workspace) };
}

const statusAndError = (done: Finished): [number | null, string, string[]] => [done.status, done.stdout, errorOf(done)];
const runIds = (workspace: LifecycleWorkspace): string => workspace.ok("runs", "list", "--json");

describe("a store", () => {
  it("from a newer version is refused by every command, and left as it is", () => {
    const { workspace, before } = waiting();
    const connection = new Database(join(workspace.folder, "mlctl.db"));
    connection.pragma("user_version = 99");
    connection.close();
    const bytes = workspace.read("mlctl.db");
    for (const line of [
      "ingest",
      "fullprocess",
      "deploy --rollback",
      "reindex",
      "runs list",
      "predict testdata/testdata.csv",
    ]) {
      expect(statusAndError(workspace.run(line.split(" "))), line).toEqual([
        3,
        "",
        [
          expect.stringMatching(
            /^error: the store .*mlctl\.db has schema version 99, written by a newer mlctl; this one supports \d+$/,
          ),
          "hint: update mlctl; the file was not changed",
        ],
      ]);
    }
    expect(workspace.read("mlctl.db") === bytes).toBe(true);
    expectKept(workspace, before);
  });

  it.each<[string, (bytes: Buffer) => Buffer]>([
    ["of garbage", () => Buffer.from("no database at all ".repeat(500))],
    [
      "with a damaged page",
      (bytes) => Buffer.concat([bytes.subarray(0, 8192), Buffer.alloc(12_000, 0xab), bytes.subarray(20_192)]),
    ],
  ])("%s: commands that write stop, those that look answer from the records, reindex mends it", (what, damage) => {
    const { workspace, before } = waiting();
    const known = runIds(workspace);
    const path = join(workspace.folder, "mlctl.db");
    const damaged = damage(Buffer.from(new Database(path, { readonly: true }).serialize()));
    writeFileSync(path, damaged);
    for (const line of ["ingest", "fullprocess", "deploy --force"]) {
      expect(statusAndError(workspace.run(line.split(" "))), line).toEqual([
        3,
        "",
        [
          expect.stringMatching(/^error: the store .*mlctl\.db is damaged$/),
          "hint: run `mlctl reindex` to rebuild it from the records",
        ],
      ]);
    }
    expectKept(workspace, before);
    expect(answers(workspace)).toBe(answered);
    expect(runIds(workspace)).toBe(known);
    if (what === "of garbage") {
      expect(workspace.run(["runs", "list"]).stderr).toMatch(
        /^warning: the store .*mlctl\.db is damaged: reading the record files instead\nhint: run `mlctl reindex`\n/,
      );
    }
    expect(workspace.run(["doctor"])).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/^store\tfail\t.* is damaged$/m),
      stderr: expect.stringContaining("next: `mlctl reindex` rebuilds the store\n"),
    });
    expect(workspace.run(["reindex"])).toMatchObject({
      status: 0,
      stderr: expect.stringContaining("indexed 3 records"),
    });
    // Set aside, not deleted.
    const [aside] = workspace.names(".", /^mlctl\.db\.damaged_/);
    expect(workspace.read(aside!)).toBe(damaged.toString());
    expect(runIds(workspace)).toBe(known);
    expect(workspace.run(["reindex"]).stderr).toBe("indexed 3 records\n");
    expect(workspace.json<FullprocessJson>("fullprocess").steps[0]).toMatchObject({ name: "ingest", status: "done" });
  });

  it("that is a folder is exit 2 with the key of config.json", () => {
    const { workspace, before } = waiting();
    rmSync(join(workspace.folder, "mlctl.db"));
    mkdirSync(join(workspace.folder, "mlctl.db"));
    for (const line of ["fullprocess", "runs list", "reindex", "verify"]) {
      expect(statusAndError(workspace.run(line.split(" "))), line).toEqual([
        2,
        "",
        ["error: mlctl.db is a folder, not a file", 'hint: move it away, or set "database" in config.json'],
      ]);
    }
    expectKept(workspace, before);
  });
});

describe("a file in the place of a folder", () => {
  it.each([
    ["ingesteddata", "output_folder_path"],
    ["models", "output_model_path"],
    ["production_deployment", "prod_deployment_path"],
  ])("%s is exit 2 with the key of config.json, and is not replaced", (folder, key) => {
    const { workspace } = waiting();
    rmSync(join(workspace.folder, folder), { recursive: true });
    workspace.write({ [folder]: "mine" });
    for (const line of ["fullprocess", "runs list"]) {
      expect(statusAndError(workspace.run(line.split(" "))), line).toEqual([
        2,
        "",
        [`error: ${folder} is a file, not a folder`, `hint: move it away, or set "${key}" in config.json`],
      ]);
    }
    expect(workspace.run(["doctor"]).stdout).toContain(
      `folder ${folder}\tfail\t\t\tis a file, not a folder: move it away\n`,
    );
    expect(workspace.read(folder)).toBe("mine");
  });
});

const isRoot = process.getuid?.() === 0;

/** The user "nobody" has no rights beyond its own; root would write everywhere. */
const NOBODY = 65_534;

describe.skipIf(!isRoot)("without the right", () => {
  const asNobody = ({ folder }: LifecycleWorkspace, ...args: string[]): Finished => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], {
      cwd: folder,
      env: environment(),
      uid: NOBODY,
      gid: NOBODY,
      encoding: "utf8",
    });
    return { status, stdout, stderr };
  };
  const owned = (path: string, owner: number): void => {
    chownSync(path, owner, owner);
    for (const { parentPath, name } of readdirSync(path, { recursive: true, withFileTypes: true }))
      chownSync(join(parentPath, name), owner, owner);
  };
  const told = (path: string): [number, string, unknown[]] => [
    1,
    "",
    [
      expect.stringMatching(new RegExp(`^error: cannot write .*${path}.*: permission denied$`)),
      "hint: check the permissions of the folder",
    ],
  ];

  it("to write in the workspace nothing can be changed, and everything looked at", () => {
    const { workspace, before } = waiting();
    chmodSync(workspace.folder, 0o755);
    for (const line of ["ingest", "fullprocess", "deploy --rollback"])
      expect(statusAndError(asNobody(workspace, ...line.split(" "))), line).toEqual([
        1,
        "",
        [
          expect.stringMatching(/^error: .*mlctl\.db\.lock belongs to another user, who alone can read it$/),
          "hint: run mlctl as its owner, or make it readable for this user",
        ],
      ]);
    expect(statusAndError(asNobody(workspace, "predict", "testdata/testdata.csv", "-o", "out.csv"))).toEqual(
      told("out\\.csv"),
    );
    expect(asNobody(workspace, "predict", "testdata/testdata.csv")).toMatchObject({ status: 0, stdout: answered });
    expect(asNobody(workspace, "runs", "list", "--json")).toMatchObject({ status: 0, stdout: runIds(deployed) });
    expectKept(workspace, before);
  });

  it("to read one file of a folder, the others are predicted", () => {
    const { workspace } = waiting();
    const given = workspace.read("testdata/testdata.csv");
    workspace.write({ "in/a.csv": given, "in/b.csv": given, "in/c.csv": given });
    owned(workspace.folder, NOBODY);
    chownSync(join(workspace.folder, "in/b.csv"), 0, 0);
    chmodSync(join(workspace.folder, "in/b.csv"), 0o600);
    const { status, stderr } = asNobody(workspace, "predict", "in", "-o", "out");
    expect([status, stderr]).toEqual([3, expect.stringContaining("b.csv: permission denied")]);
    expect(workspace.names("out", /csv$/)).toEqual(["a_predictions.csv", "c_predictions.csv"]);
  });

  it.each([
    ["ingesteddata", "ingest", "ingesteddata/finaldata_"],
    ["models", "train", "models/trainedmodel_"],
    ["production_deployment", "deploy --force", "production_deployment/"],
  ])("to write in %s, %s says so and leaves all as it was", (folder, line, path) => {
    const { workspace } = waiting();
    if (line.startsWith("deploy")) workspace.ok("train", "--seed", "7");
    // Else deploy records the score of what it compares.
    if (line.startsWith("deploy")) workspace.ok("score");
    const before = earlierState(workspace);
    owned(workspace.folder, NOBODY);
    owned(join(workspace.folder, folder), 0);
    expect(statusAndError(asNobody(workspace, ...line.split(" ")))).toEqual(told(path));
    expectKept(workspace, before);
    expect(asNobody(workspace, "predict", "testdata/testdata.csv")).toMatchObject({ status: 0, stdout: answered });
  });

  it("to read an input file: the others are read, and the file is reported", () => {
    const { workspace, before } = waiting();
    workspace.write({ "practicedata/secret.csv": HEADER + rows(3) });
    owned(workspace.folder, NOBODY);
    const secret = join(workspace.folder, "practicedata/secret.csv");
    chownSync(secret, 0, 0);
    chmodSync(secret, 0o600);
    const { status, stderr } = asNobody(workspace, "ingest");
    expect([status, stderr.split("\n")[0]]).toEqual([
      0,
      "warning: skipped practicedata/secret.csv: no permission to read it",
    ]);
    expect(asNobody(workspace, "predict", "practicedata/secret.csv")).toMatchObject({
      status: 3,
      stderr: expect.stringMatching(/^error: practicedata\/secret\.csv: permission denied\n/),
    });
    expectKept(workspace, before);
  });
});

describe("a full disk", () => {
  it("at any step: exit 1 with the file, the old model still predicts, and with space the work completes", ({
    skip,
  }) => {
    const disk = temporaryFolder();
    const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=1536k", "tmpfs", disk]);
    if (status !== 0) skip("this machine does not let tests mount a small disk");
    try {
      fillStepByStep(disk);
    } finally {
      spawnSync("umount", [disk]);
    }
  });

  function fillStepByStep(disk: string): void {
    const { workspace, before } = waiting();
    copyFolder(workspace.folder, disk);
    const full = workspaceIn(disk);
    const filler = join(disk, "filler");
    const places = new Set<string>();
    for (const left of [0, 4_096, 16_384, 32_768, 57_344, 81_920, 131_072]) {
      const { bavail, bsize } = statfsSync(disk);
      writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - left)));
      const done = full.run(["fullprocess"]);
      expect(answers(full), `${left} bytes left`).toBe(answered);
      rmSync(filler);
      expectKept(full, before);
      expect([done.status, done.stdout], done.stderr).toEqual([1, ""]);
      const [error, hint] = errorOf(done);
      expect(error).toMatch(/^error: cannot (read or )?write .*(no space left on the device|disk I\/O error)$/);
      expect(hint).toMatch(/^hint: free some space/);
      places.add(error!.replace(/^.*\/([a-z]+).*$/, "$1"));
    }
    expect(places.size, [...places].join()).toBeGreaterThan(1);
    const { status, steps } = full.json<FullprocessJson>("fullprocess");
    expect(status).toMatch(/^(kept|deployed)$/);
    expect(steps.find(({ name }) => name === "report")).toMatchObject({ status: "done" });
    expect(full.run(["verify"])).toMatchObject({ status: 0 });
  }

  it("or a limit on the size of files is reported in the same way", () => {
    const { workspace, before } = waiting();
    const script = 'trap "" XFSZ; ulimit -f 8; exec "$NODE" "$BIN" fullprocess';
    const { status, stdout, stderr } = spawnSync("bash", ["--norc", "-c", script], {
      cwd: workspace.folder,
      env: environment({ NODE: process.execPath, BIN: bin }),
      encoding: "utf8",
    });
    const [error, hint] = errorOf({ status, stdout, stderr });
    expect([status, stdout, error], stderr).toEqual([
      1,
      "",
      expect.stringMatching(/^error: cannot (read or )?write .*: /),
    ]);
    expect(hint).toMatch(/^hint: (free some space|raise the limit)/);
    expectKept(workspace, before);
    expect(answers(workspace)).toBe(answered);
  });
});

describe("two at once", () => {
  it("the second names the running process and exits 75; with --wait it waits; reading commands never wait", async () => {
    const { workspace, before } = waiting();
    const database = join(workspace.folder, "mlctl.db");
    const now = (): Date => new Date("2026-04-01T12:00:00Z");
    const release = await acquireLock({ database, command: "mlctl train", waitMs: 0, now });
    const who = `the workspace is in use: another mlctl (pid ${process.pid}, \`mlctl train\`, since 2026-04-01T12:00:00.000Z) is working in it`;
    for (const line of ["ingest", "train", "score", "deploy", "fullprocess", "reindex", "fullprocess --wait 200ms"]) {
      expect(statusAndError(workspace.run(line.split(" "))), line).toEqual([
        75,
        "",
        [`error: ${who}`, "hint: try again later, or wait for it with `--wait 10m`"],
      ]);
    }
    expect(answers(workspace)).toBe(answered);
    const { child, finished } = workspace.start("ingest", "--json", "--wait", "1m");
    await once(child.stderr!, "data");
    release();
    const { status, stdout, stderr } = await finished;
    expect([status, stderr.split("\n")[0]]).toEqual([0, `warning: ${who}`]);
    expect(JSON.parse(stdout)).toMatchObject({ status: "ingested" });
    // Not earlier: a process that reads the lock file frees the lock it holds on it (POSIX).
    expectKept(workspace, before);
  });
});

it("after all of that the workspace itself has not changed", () => {
  expect(answers(deployed)).toBe(answered);
  expect(deployed.run(["verify"])).toMatchObject({ status: 0 });
});
