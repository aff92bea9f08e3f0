/** A full disk, and one that may only be read, at each step that writes: a clear error, and the earlier state is whole. */
import { spawnSync } from "node:child_process";
import { readdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { random } from "../../core/random.ts";
import { answers, earlierState, errorOf, expectKept, HEADER, rows, smallWorkspace } from "../badInput.ts";
import { copyFolder } from "../keptFolder.ts";
import { temporaryFolder, workspaceIn, type LifecycleWorkspace } from "../lifecycleWorkspace.ts";
import { FAULTS_TIMEOUT, faultCount, histogram, isFull, tell } from "./faultCounts.ts";
import { temporaries } from "./killedWorkspace.ts";

/** So often each step meets a disk with some other space left. */
const FILLINGS = faultCount(1, 12);

const every = [
  "ingest",
  "train",
  "score",
  "deploy --force",
  "report",
  "fullprocess",
  "monitor practicedata/dataset1.csv",
  "predict testdata/testdata.csv -o answers.csv",
  "reindex",
] as const;
const steps = isFull ? every : every.filter((_, i) => i % 4 === 1);

let template: LifecycleWorkspace;
let answered: string;
let disk: string;
let isMounted = false;
beforeAll(() => {
  template = smallWorkspace();
  answered = answers(template);
  // Something to do for each step: a model that is not deployed, a file that is not ingested.
  template.ok("train", "--seed", "7");
  template.write({ "practicedata/new.csv": HEADER + rows(40) });
  disk = temporaryFolder();
  isMounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", disk]).status === 0;
});
afterAll(() => {
  if (isMounted) spawnSync("umount", [disk]);
});

const NO_MOUNT = "this machine does not let tests mount a disk of two megabytes";

function freshDisk(): LifecycleWorkspace {
  for (const name of readdirSync(disk)) rmSync(join(disk, name), { recursive: true });
  copyFolder(template.folder, disk);
  return workspaceIn(disk);
}

describe("a disk that is", () => {
  it(
    "full: each step says which file, the earlier state is whole, and with space it does its work",
    ({ skip }) => {
      if (!isMounted) skip(NO_MOUNT);
      const { uniform } = random(28);
      const told: string[] = [];
      for (const step of steps) {
        for (let filling = 0; filling < FILLINGS; filling++) {
          // None at all once, else up to what the largest step takes.
          const left = filling === 0 ? 0 : Math.floor(uniform() ** 2 * 400_000);
          told.push(`${step.split(" ")[0]} ${fillAndRun(step, left)}`);
        }
      }
      tell(
        `full disk: ${steps.length} steps with ${FILLINGS} fillings each: ${histogram(told)}; the state whole each time`,
      );
      expect(told.filter((each) => each.endsWith("refused")).length).toBeGreaterThan(steps.length / 2);
    },
    FAULTS_TIMEOUT,
  );

  /** @returns "done" where what was left was enough */
  function fillAndRun(step: string, left: number): string {
    const workspace = freshDisk();
    const before = earlierState(workspace);
    const { bavail, bsize } = statfsSync(disk);
    writeFileSync(join(disk, "filler"), Buffer.alloc(Math.max(0, bavail * bsize - left)));
    const done = workspace.run(step.split(" "));
    const where = `${step} with ${left} bytes left`;
    expect(workspace.run(["predict", "testdata/testdata.csv"]).status, where).toBe(0);
    rmSync(join(disk, "filler"));
    if (done.status !== 0) {
      const [error, hint] = errorOf(done);
      expect([done.status, done.stdout], `${where}\n${done.stderr}`).toEqual([1, ""]);
      expect(error, where).toMatch(/^error: cannot (read or )?write .*(no space left on the device|disk I\/O error)$/);
      expect(hint, where).toMatch(/^hint: free some space/);
      // A full disk may be met after the switch, or after the figures are in the record of their run: a new state, and whole.
      if (!/^(score|deploy|fullprocess)/.test(step)) expectKept(workspace, before);
      if (answers(workspace) !== answered) expect(step).toMatch(/^(deploy|fullprocess)/);
      expect(workspace.names(".", /^answers/), where).toEqual([]);
    }
    expect(workspace.run(["verify"]), where).toMatchObject({ status: 0 });
    const again = workspace.run(step.split(" "));
    expect(again.status, `${where}, then with space\n${again.stderr}`).toBe(0);
    expect(temporaries(workspace), where).toEqual([]);
    return done.status === 0 ? "done" : "refused";
  }

  it(
    "for reading only: each step says so and changes nothing, and looking goes on",
    ({ skip }) => {
      if (!isMounted) skip(NO_MOUNT);
      const workspace = freshDisk();
      expect(spawnSync("mount", ["-o", "remount,ro", disk]).status).toBe(0);
      try {
        for (const step of steps) {
          const done = workspace.run(step.split(" "));
          const [error, hint] = errorOf(done);
          expect([done.status, done.stdout], `${step}\n${done.stderr}`).toEqual([1, ""]);
          expect(error, step).toMatch(/^error: (cannot write .*: the file system is read-only|cannot .*read-only.*)$/);
          expect(hint, step).toMatch(/^hint: /);
        }
        expect(answers(workspace)).toBe(answered);
        for (const line of ["runs list", "verify", "lineage", "fullprocess --dry-run"])
          expect(workspace.run(line.split(" ")), line).toMatchObject({ status: 0 });
      } finally {
        spawnSync("mount", ["-o", "remount,rw", disk]);
      }
      tell(`read-only disk: ${steps.length} steps refused, looking goes on`);
      expect(workspace.run(["fullprocess"]).status).toBe(0);
    },
    FAULTS_TIMEOUT,
  );
});
