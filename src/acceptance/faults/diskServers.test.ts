/** serve, watch and schedule on a disk that is full, read-only or slow: what is answered, what is logged, what is told. */
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { random } from "../../core/random.ts";
import { openLogDatabase } from "../../storage/predictionLog/openLogDatabase.ts";
import { HEADER, rows } from "../badInput.ts";
import type { LifecycleWorkspace, Started } from "../lifecycleWorkspace.ts";
import { served } from "../servedWorkspace.ts";
import { FAULTS_TIMEOUT, faultCount, histogram, tell } from "./faultCounts.ts";
import { logProblem, predictMany, smallDisk, warningsIn } from "./smallDisk.ts";

const FULL = /no space left on the device/;

const small = smallDisk({
  serve: { log: { queue_rows: 100, flush_ms: 20 } },
  watch: { log: true, settle: "0s", poll: "50ms", retry_delay: "100ms" },
  schedule: [{ name: "check", command: "verify", cron: "* * * * * *", missed: "skip" }],
});
let workspace: LifecycleWorkspace;
beforeEach(() => void (workspace = small.workspace()));

describe("serve", () => {
  it(
    "with workers, on a read-only disk: one line for all",
    async () => {
      small.remount("ro");
      const server = await served(workspace, "--workers", "2");
      await predictMany(server, 50);
      await sleep(1500);
      expect(await logProblem(server)).toBe("cannot write mlctl.db.predictions: the file system is read-only");
      const told = warningsIn((await server.stop()).stderr);
      small.remount("rw");
      expect(told).toHaveLength(2);
      expect(told[0]).toMatch(/the file system is read-only; up to 100 are kept/);
      expect(told[1]).toMatch(/^warning: 50 predictions were not logged: .*the file system is read-only$/);
    },
    FAULTS_TIMEOUT,
  );

  it(
    "with a log that another process holds for seconds: answers at once, and says what is lost",
    async () => {
      const server = await served(workspace);
      await predictMany(server, 10);
      await expect.poll(small.logged).toBe(10);
      const other = openLogDatabase(join(workspace.folder, "mlctl.db.predictions"));
      other.exec("BEGIN IMMEDIATE");
      const started = performance.now();
      for (let i = 0; i < 10; i++) await predictMany(server, 40);
      tell(`slow log: 400 predictions in ${Math.round(performance.now() - started)} ms`);
      await sleep(3000);
      expect(await logProblem(server)).toMatch(/in use by another process/);
      other.exec("ROLLBACK");
      other.close();
      await expect.poll(() => logProblem(server), { timeout: 5000 }).toBeNull();
      const told = warningsIn((await server.stop()).stderr);
      expect(await small.logged()).toBe(110);
      expect(told).toHaveLength(3);
      expect(told[0]).toMatch(/is not written fast enough; 100 wait in memory .*, others are lost/);
      expect(told[1]).toBe("warning: predictions are logged again: 100 were written late, 300 were not logged");
      expect(told[2]).toMatch(/^warning: 300 predictions were not logged/);
    },
    FAULTS_TIMEOUT,
  );
});

/** Resolves once it said that. */
async function saysUntil({ child }: Started, text: RegExp): Promise<void> {
  let stderr = "";
  await new Promise<void>((resolve) =>
    child.stderr!.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
      if (text.test(stderr)) resolve();
    }),
  );
}

const drop = (name: string): void => workspace.write({ [`drops/input/${name}.csv`]: HEADER + rows(40) });

const placesOf = (name: string): string[] =>
  ["input", "processed", "errored"].filter((place) =>
    existsSync(join(workspace.folder, "drops", place, `${name}.csv`)),
  );

describe("watch", () => {
  it(
    "on a full disk leaves files waiting, says so once, and continues by itself",
    async () => {
      drop("a");
      const watching = workspace.start("watch");
      await expect.poll(() => placesOf("a"), { timeout: 20_000 }).toEqual(["processed"]);
      for (const name of ["b", "c"]) {
        const begun = saysUntil(watching, FULL);
        small.fill();
        // An empty file needs no space; its name waits.
        writeFileSync(join(workspace.folder, "drops", "input", `${name}.csv`), "");
        await begun;
        // It says so before it puts the file back.
        await expect.poll(() => placesOf(name), { timeout: 20_000 }).toEqual(["input"]);
        small.free();
        drop(name);
        await expect.poll(() => placesOf(name), { timeout: 20_000 }).toEqual(["processed"]);
      }
      watching.child.kill("SIGTERM");
      const { status, stderr } = await watching.finished;
      expect(status).toBe(143);
      expect(warningsIn(stderr).map((line) => line.replace(/^.*(no space left|written again).*$/, "$1"))).toEqual([
        "no space left",
        "written again",
        "no space left",
        "written again",
      ]);
      expect(await small.logged()).toBe(120);
      expect(readdirSync(join(workspace.folder, "drops", "processing"))).toEqual([".watchers"]);
    },
    FAULTS_TIMEOUT,
  );

  it(
    "with any space left loses no file, answers each once and logs each row once",
    async () => {
      workspace.ok("watch", "--once");
      const { uniform } = random(29);
      const told: string[] = [];
      const times = faultCount(2, 40);
      for (let i = 0; i < times; i++) {
        drop(`f${i}`);
        small.fill(Math.floor(uniform() ** 2 * 300_000));
        const { status, stderr } = workspace.run(["watch", "--once"]);
        small.free();
        told.push(status === 0 ? "done" : "waits");
        if (status !== 0) expect(stderr).toMatch(/no space left on the device/);
        workspace.ok("watch", "--once");
        expect(placesOf(`f${i}`)).toEqual(["processed"]);
        expect(workspace.names("drops/processed", new RegExp(`^f${i}_predictions`))).toHaveLength(1);
        expect(await small.logged()).toBe(40 * (i + 1));
      }
      tell(
        `watch on a full disk, ${times} fillings: ${histogram(told)}; each file answered once, each row logged once`,
      );
    },
    FAULTS_TIMEOUT,
  );
});

describe("schedule", () => {
  it.each([
    ["full", small.fill, small.free],
    ["read-only", () => small.remount("ro"), () => small.remount("rw")],
  ])(
    "on a %s disk says once that jobs do not run, continues by itself, and leaves no run that seems to go on",
    async (_name, begin, end) => {
      const daemon = workspace.start("schedule", "run");
      await saysUntil(daemon, /check: done/);
      for (let i = 0; i < 2; i++) {
        const begun = saysUntil(daemon, /jobs do not run|not recorded yet/);
        // A job that runs holds files open.
        await expect.poll(() => begin(), { timeout: 20_000 }).not.toBe(false);
        await begun;
        await sleep(2500);
        const again = saysUntil(daemon, /recorded again/);
        end();
        await again;
      }
      await saysUntil(daemon, /check: done/);
      daemon.child.kill("SIGTERM");
      const { status, stderr } = await daemon.finished;
      expect(status).toBe(143);
      const told = warningsIn(stderr).filter((line) => !/exited|ended|could not be started|still running/.test(line));
      expect(told.map((line) => line.replace(/^.*(no space left|read-only|recorded again).*$/, "$1"))).toHaveLength(4);
      const { jobs } = workspace.json<{ jobs: { last: { status: string }[] }[] }>("schedule", "list");
      expect(jobs[0]!.last.map((each) => each.status)).not.toContain("killed");
    },
    FAULTS_TIMEOUT,
  );
});
