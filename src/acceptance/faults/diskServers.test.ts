/** serve, watch and schedule on a disk that is full, read-only or slow: what is answered, what is logged, what is told. */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { random } from "../../core/random.ts";
import { countPredictions } from "../../storage/predictionLog/readPredictions.ts";
import { openLogDatabase } from "../../storage/predictionLog/openLogDatabase.ts";
import { HEADER, rows, smallWorkspace } from "../badInput.ts";
import { copyFolder } from "../keptFolder.ts";
import {
  bin,
  environment,
  temporaryFolder,
  workspaceIn,
  type LifecycleWorkspace,
  type Started,
} from "../lifecycleWorkspace.ts";
import { ask, served, type ServedWorkspace } from "../servedWorkspace.ts";
import { FAULTS_TIMEOUT, faultCount, histogram, isFull, tell } from "./faultCounts.ts";

const NO_MOUNT = "this machine does not let tests mount a disk of some megabytes";
const ROW = { corporation: "c1", lastmonth_activity: 10, lastyear_activity: 150, number_of_employees: 3 };
const FULL = /no space left on the device/;

let template: LifecycleWorkspace;
let disk: string;
let isMounted = false;
let workspace: LifecycleWorkspace;
beforeAll(() => {
  template = smallWorkspace();
  template.configure({
    serve: { log: { queue_rows: 100, flush_ms: 20 } },
    watch: { log: true, settle: "0s", poll: "50ms", retry_delay: "100ms" },
    schedule: [{ name: "check", command: "verify", cron: "* * * * * *", missed: "skip" }],
  });
  disk = temporaryFolder();
  isMounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=6m", "tmpfs", disk]).status === 0;
});
afterAll(() => {
  if (isMounted) spawnSync("umount", [disk]);
});
beforeEach(({ skip }) => {
  if (!isMounted) skip(NO_MOUNT);
  remount("rw");
  for (const name of readdirSync(disk)) rmSync(join(disk, name), { recursive: true });
  copyFolder(template.folder, disk);
  workspace = workspaceIn(disk);
});

function remount(mode: "ro" | "rw"): void {
  expect(spawnSync("mount", ["-o", `remount,${mode}`, disk]).status).toBe(0);
}

function fill(left = 0): void {
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(join(disk, "filler"), Buffer.alloc(Math.max(0, bavail * bsize - left)));
}

const free = (): void => rmSync(join(disk, "filler"));

const logged = (): number => countPredictions(join(disk, "mlctl.db.predictions")).predictions;

/** So many predictions, all of which are answered. */
async function predict({ post }: ServedWorkspace, count: number): Promise<void> {
  const replies = await Promise.all(Array.from({ length: count }, () => post("/predict", ROW)));
  expect(histogram(replies.map(({ status }) => String(status)))).toBe(`200 ${count}`);
}

async function metric({ get }: ServedWorkspace, name: string): Promise<number> {
  const { text } = await get("/metrics");
  return Number(new RegExp(`^mlctl_prediction_log_${name} (.*)$`, "m").exec(text)?.[1]);
}

const problem = async ({ get }: ServedWorkspace): Promise<unknown> => (await get("/ready")).body["log_problem"];

/** Without the lines of other matters. */
function toldBy(stderr: string): string[] {
  return stderr.split("\n").filter((line) => line.startsWith("warning:"));
}

describe("serve", () => {
  it("on a full disk answers, says so once, writes what waited, and counts what is lost", async () => {
    const server = await served(workspace);
    await predict(server, 10);
    await expect.poll(logged).toBe(10);
    fill();
    await predict(server, 60);
    await expect.poll(() => problem(server)).toMatch(/^cannot write mlctl\.db\.predictions: no space left/);
    await predict(server, 60);
    expect(await metric(server, "failing")).toBe(1);
    expect(await metric(server, "dropped_total")).toBe(20);
    expect((await server.get("/ready")).status).toBe(200);
    free();
    await expect.poll(() => problem(server), { timeout: 5000 }).toBeNull();
    expect(await metric(server, "failing")).toBe(0);
    fill();
    await predict(server, 5);
    await expect.poll(() => problem(server), { timeout: 5000 }).not.toBeNull();
    const { status, stderr } = await server.stop();
    expect(status).toBe(143);
    free();
    expect(logged()).toBe(110);
    const told = toldBy(stderr);
    expect(told).toHaveLength(3);
    expect(told[0]).toMatch(/not logged: cannot write .*: no space left on the device; up to 100 are kept/);
    expect(told[1]).toMatch(/100 wait in memory \(serve\.log\.queue_rows\), others are lost/);
    expect(told[2]).toMatch(/^warning: 25 predictions were not logged: cannot write .*no space left/);
  });

  it("outlives a full disk under its own messages, and counts those that are lost", async () => {
    const path = join(disk, "serve.log");
    const args = [bin, "serve", "--port", "0", "--json", "--verbose"];
    const stderr = openSync(path, "a");
    const child: ChildProcess = spawn(process.execPath, args, {
      cwd: disk,
      env: environment(),
      stdio: ["ignore", "pipe", stderr],
    });
    closeSync(stderr);
    const ended = once(child, "exit");
    const [line] = (await once(child.stdout!, "data")) as [Buffer];
    const { url } = JSON.parse(line.toString()) as { url: string };
    fill();
    // A line for each: more than the last page of the file takes.
    for (let i = 0; i < 200; i++) expect((await ask(`${url}/health`, { method: "GET", headers: {} })).status).toBe(200);
    free();
    child.kill("SIGTERM");
    expect(await ended).toEqual([143, null]);
    expect(workspace.read("serve.log")).toMatch(/^warning: \d+ messages could not be written here$/m);
  });

  it.runIf(isFull)(
    "with workers, on a read-only disk: one line for all",
    async () => {
      remount("ro");
      const server = await served(workspace, "--workers", "2");
      await predict(server, 50);
      await sleep(1500);
      expect(await problem(server)).toBe("cannot write mlctl.db.predictions: the file system is read-only");
      const told = toldBy((await server.stop()).stderr);
      remount("rw");
      expect(told).toHaveLength(2);
      expect(told[0]).toMatch(/the file system is read-only; up to 100 are kept/);
      expect(told[1]).toMatch(/^warning: 50 predictions were not logged: .*the file system is read-only$/);
    },
    FAULTS_TIMEOUT,
  );

  it.runIf(isFull)(
    "with a log that another process holds for seconds: answers at once, and says what is lost",
    async () => {
      const server = await served(workspace);
      await predict(server, 10);
      await expect.poll(logged).toBe(10);
      const other = openLogDatabase(join(disk, "mlctl.db.predictions"));
      other.exec("BEGIN IMMEDIATE");
      const started = performance.now();
      for (let i = 0; i < 10; i++) await predict(server, 40);
      tell(`slow log: 400 predictions in ${Math.round(performance.now() - started)} ms`);
      await sleep(3000);
      expect(await problem(server)).toMatch(/in use by another process/);
      other.exec("ROLLBACK");
      other.close();
      await expect.poll(() => problem(server), { timeout: 5000 }).toBeNull();
      const told = toldBy((await server.stop()).stderr);
      expect(logged()).toBe(110);
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
  ["input", "processed", "errored"].filter((place) => existsSync(join(disk, "drops", place, `${name}.csv`)));

describe("watch", () => {
  it.runIf(isFull)(
    "on a full disk leaves files waiting, says so once, and continues by itself",
    async () => {
      drop("a");
      const watching = workspace.start("watch");
      await expect.poll(() => placesOf("a"), { timeout: 20_000 }).toEqual(["processed"]);
      for (const name of ["b", "c"]) {
        const begun = saysUntil(watching, FULL);
        fill();
        // An empty file needs no space; its name waits.
        writeFileSync(join(disk, "drops", "input", `${name}.csv`), "");
        await begun;
        expect(placesOf(name)).toEqual(["input"]);
        free();
        drop(name);
        await expect.poll(() => placesOf(name), { timeout: 20_000 }).toEqual(["processed"]);
      }
      watching.child.kill("SIGTERM");
      const { status, stderr } = await watching.finished;
      expect(status).toBe(143);
      expect(toldBy(stderr).map((line) => line.replace(/^.*(no space left|written again).*$/, "$1"))).toEqual([
        "no space left",
        "written again",
        "no space left",
        "written again",
      ]);
      expect(logged()).toBe(120);
      expect(readdirSync(join(disk, "drops", "processing"))).toEqual([".watchers"]);
    },
    FAULTS_TIMEOUT,
  );

  it.runIf(isFull)(
    "with any space left loses no file, answers each once and logs each row once",
    () => {
      workspace.ok("watch", "--once");
      const { uniform } = random(29);
      const told: string[] = [];
      const times = faultCount(2, 40);
      for (let i = 0; i < times; i++) {
        drop(`f${i}`);
        fill(Math.floor(uniform() ** 2 * 300_000));
        const { status, stderr } = workspace.run(["watch", "--once"]);
        free();
        told.push(status === 0 ? "done" : "waits");
        if (status !== 0) expect(stderr).toMatch(/no space left on the device/);
        workspace.ok("watch", "--once");
        expect(placesOf(`f${i}`)).toEqual(["processed"]);
        expect(workspace.names("drops/processed", new RegExp(`^f${i}_predictions`))).toHaveLength(1);
        expect(logged()).toBe(40 * (i + 1));
      }
      tell(
        `watch on a full disk, ${times} fillings: ${histogram(told)}; each file answered once, each row logged once`,
      );
    },
    FAULTS_TIMEOUT,
  );
});

describe("schedule", () => {
  it.runIf(isFull).each([
    ["full", fill, free],
    ["read-only", () => remount("ro"), () => remount("rw")],
  ])(
    "on a %s disk says once that jobs do not run, continues by itself, and leaves no run that seems to go on",
    async (_name, begin, end) => {
      const daemon = workspace.start("schedule", "run");
      await saysUntil(daemon, /check: done/);
      for (let i = 0; i < 2; i++) {
        const begun = saysUntil(daemon, /jobs do not run|not recorded yet/);
        // A job that runs holds files open.
        await expect
          .poll(
            () => {
              try {
                begin();
                return true;
              } catch {
                return false;
              }
            },
            { timeout: 20_000 },
          )
          .toBe(true);
        await begun;
        await sleep(2500);
        const again = saysUntil(daemon, /written again/);
        end();
        await again;
      }
      await saysUntil(daemon, /check: done/);
      daemon.child.kill("SIGTERM");
      const { status, stderr } = await daemon.finished;
      expect(status).toBe(143);
      const told = toldBy(stderr).filter((line) => !/exited|ended|could not be started/.test(line));
      expect(told.map((line) => line.replace(/^.*(no space left|read-only|written again).*$/, "$1"))).toHaveLength(4);
      const { jobs } = workspace.json<{ jobs: { last: { status: string }[] }[] }>("schedule", "list");
      expect(jobs[0]!.last.map((each) => each.status)).not.toContain("killed");
    },
    FAULTS_TIMEOUT,
  );
});
