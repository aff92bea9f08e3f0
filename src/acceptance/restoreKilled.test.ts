/** restore killed before each single change that it makes to a folder: the next command finds all the old or all the new. */
import {
  accessSync,
  constants,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import {
  emptyWorkspace,
  sampleWorkspace,
  sha256,
  temporaryFolder,
  type Finished,
  type LifecycleWorkspace,
} from "./lifecycleWorkspace.ts";

const train = { models: [{ family: "baseline" }], seed: 1 };

let before: LifecycleWorkspace;
let archive: string;
let preload: string;
beforeAll(() => {
  preload = join(temporaryFolder(), "killAt.mjs");
  writeFileSync(preload, killAt);
  const other = sampleWorkspace();
  other.configure({ name: "other", train, database: "other.db", output_folder_path: "datasets" });
  other.ok("ingest");
  other.ok("train");
  archive = join(temporaryFolder(), "other.tar.gz");
  other.ok("backup", archive);
  before = sampleWorkspace();
  before.configure({ train: { ...train, seed: 2 } });
  for (const step of ["ingest", "train", "score", "deploy"]) before.ok(step, "-q");
}, 60_000);

/** Every file but databases and locks, with its hash. */
function content({ folder }: LifecycleWorkspace): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.db(-wal|-shm|\.lock.*)?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => `${path.slice(folder.length)} ${sha256(readFileSync(path))}`)
    .toSorted();
}

function killed(workspace: LifecycleWorkspace, change: number, ...args: string[]): Finished {
  const environment = { NODE_OPTIONS: `--import=${preload}`, KILL_AT: String(change) };
  return workspace.run([...args, "-q"], { environment });
}

describe("restore", () => {
  it("killed before any change leaves the old state or the new one whole, once the next command ran", () => {
    const restored = before.copy();
    restored.ok("restore", archive, "--force");
    const whole = { old: content(before), new: content(restored) };
    const ended: string[] = [];
    let told = 0;
    let half = before;
    for (let change = 1; ; change++) {
      const copy = before.copy();
      const { status, stderr } = killed(copy, change, "restore", archive, "--force");
      if (status === 0) break;
      expect(status, stderr).toBe(null);
      if (change % 4 === 0) {
        const list = copy.run(["runs", "list"]);
        const cut = list.stderr.includes("error: a restore was interrupted");
        expect([list.status, /hint: .*mlctl reindex/.test(list.stderr)]).toEqual(cut ? [4, true] : [0, false]);
        if (cut) expect(copy.run(["doctor"]).status).toBeGreaterThan(0);
        if (cut) half = copy.copy();
        told += cut ? 1 : 0;
      }
      copy.ok("reindex", "-q");
      const found = content(copy);
      const state = found.join() === whole.new.join() ? "new" : "old";
      expect(found, `killed before change ${change}`).toEqual(whole[state]);
      ended.push(state);
    }
    console.log(`restore was killed ${ended.length} times: ${ended.join(" ")}`);
    expect(told).toBeGreaterThan(0);
    expect(ended.indexOf("new")).toBeGreaterThan(8);
    expect(ended.slice(ended.indexOf("new"))).not.toContain("old");
    // Putting back may be cut off too.
    let undone = 0;
    for (let change = 3; ; change += 3) {
      const copy = half.copy();
      if (killed(copy, change, "reindex").status === 0) break;
      copy.ok("reindex", "-q");
      expect(content(copy), `undoing killed before change ${change}`).toEqual(whole.old);
      undone++;
    }
    expect(undone).toBeGreaterThan(1);
  }, 180_000);

  it("killed in an empty folder is begun again without --force", () => {
    const empty = emptyWorkspace();
    // Within the places, so that some are filled and others are not.
    expect(killed(empty, 6, "restore", archive).status).toBe(null);
    expect(empty.names(".").length).toBeGreaterThan(0);
    const { status, stderr } = empty.run(["restore", archive]);
    expect([status, stderr]).toEqual([0, expect.stringContaining("an interrupted restore was undone first")]);
    empty.ok("verify");
  });

  it("does not follow the journal of a stranger's workspace out of it", () => {
    const copy = before.copy();
    const outside = temporaryFolder();
    const journal = { id: "0123456789ab", locks: ["mlctl.db"], places: [{ target: outside, existed: false }] };
    copy.write({ ".mlctl-restore/journal.json": JSON.stringify(journal), ".mlctl-restore/files/config.json": "{}" });
    for (const command of ["reindex", "train", "models list"]) {
      const { status, stderr } = copy.run(command.split(" "));
      expect([status, stderr]).toEqual([4, expect.stringContaining("replaces folders outside the workspace")]);
    }
    expect(existsSync(outside)).toBe(true);
  });

  it.skipIf(!hasSecondFileSystem())(
    "puts folders on another file system (needs /dev/shm), and back where that fails",
    () => {
      const elsewhere = mkdtempSync("/dev/shm/mlctl-restore-");
      try {
        const far = before.copy();
        far.configure({ output_model_path: join(elsewhere, "models") });
        far.ok("train", "-q");
        const path = join(temporaryFolder(), "far.tar.gz");
        far.ok("backup", path);
        const models = readdirSync(join(elsewhere, "models"));
        far.ok("train", "-q");
        far.ok("restore", path, "--force");
        expect(readdirSync(join(elsewhere, "models"))).toEqual(models);
        expect(readdirSync(elsewhere)).toEqual(["models"]);
        far.ok("verify");
      } finally {
        rmSync(elsewhere, { recursive: true });
      }
    },
  );

  it("takes the folder away again that it made for nothing", () => {
    const parent = emptyWorkspace();
    expect(parent.run(["restore", "nothing.tar.gz", "-C", "new/deep"]).status).toBe(2);
    expect(parent.names(".")).toEqual([]);
  });
});

function hasSecondFileSystem(): boolean {
  try {
    accessSync("/dev/shm", constants.W_OK);
    return statSync("/dev/shm").dev !== statSync(tmpdir()).dev;
  } catch {
    return false;
  }
}

/** Kills the process just before its n-th rename or removal of something in the workspace. */
const killAt = `
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
let left = Number(process.env.KILL_AT);
for (const name of ["renameSync", "rmSync"]) {
  const real = fs[name];
  fs[name] = (path, ...rest) => {
    if (fs.existsSync(path) && String(path).startsWith(process.cwd()) && --left === 0) process.kill(process.pid, "SIGKILL");
    return real(path, ...rest);
  };
}
syncBuiltinESMExports();
`;
