import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { MlctlError } from "../core/errors.ts";
import { dist, temporaryFolder } from "../testing/exampleRecords.ts";
import { acquireLock, lockHolder, type LockOptions } from "./lock.ts";

const now = (): Date => new Date("2026-01-01T00:00:00.000Z");

function options(database: string, change: Partial<LockOptions> = {}): LockOptions {
  return { database, command: "mlctl train", waitMs: 0, now, ...change };
}

/** Starts a process that takes the lock, reports this and keeps the lock. */
async function holder(database: string): Promise<ChildProcess> {
  const script = `
    import { acquireLock } from ${JSON.stringify(join(dist, "lock.js"))};
    await acquireLock({ database: ${JSON.stringify(database)}, command: "mlctl tune", waitMs: 0, now: () => new Date(0) });
    console.log("held");
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout!, "data");
  return child;
}

describe("acquireLock", () => {
  it("reports who holds the lock, and how to wait for it", async () => {
    const database = join(temporaryFolder(), "mlctl.db");
    const release = await acquireLock(options(database));
    const refusal = await acquireLock(options(database)).catch((error: unknown) => error as MlctlError);
    expect(refusal).toMatchObject({
      kind: "busy",
      exitCode: 75,
      message: `the workspace is in use: another mlctl (pid ${process.pid}, \`mlctl train\`, since 2026-01-01T00:00:00.000Z) is working in it`,
      hint: "try again later, or wait for it with `--wait 10m`",
    });
    release();
    release();
    expect(lockHolder(database)).toBeUndefined();
    (await acquireLock(options(database)))();
  });

  it("waits without blocking until the lock is free, and reports this once", async () => {
    const database = join(temporaryFolder(), "mlctl.db");
    const release = await acquireLock(options(database));
    const reported: string[] = [];
    setTimeout(release, 150);
    const second = await acquireLock(
      options(database, { waitMs: 10_000, onWait: (message) => reported.push(message) }),
    );
    second();
    expect(reported).toHaveLength(1);
    expect(reported[0]).toContain("mlctl train");
  });

  it("stops waiting when the signal aborts", async () => {
    const database = join(temporaryFolder(), "mlctl.db");
    const release = await acquireLock(options(database));
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 60);
    await expect(acquireLock(options(database, { waitMs: 60_000, signal: controller.signal }))).rejects.toMatchObject({
      kind: "interrupted",
    });
    release();
  });

  it("is free at once when its holder is killed, and ignores the note of the dead process", async () => {
    const database = join(temporaryFolder(), "mlctl.db");
    for (let round = 0; round < 5; round++) {
      const child = await holder(database);
      expect(lockHolder(database)).toMatchObject({ pid: child.pid, command: "mlctl tune" });
      await expect(acquireLock(options(database))).rejects.toMatchObject({ kind: "busy" });
      child.kill("SIGKILL");
      await once(child, "exit");
      expect(existsSync(`${database}.lock.json`)).toBe(true);
      expect(lockHolder(database)).toBeUndefined();
      (await acquireLock(options(database)))();
    }
  });

  it("lets one process in at a time", async () => {
    const folder = temporaryFolder();
    const database = join(folder, "mlctl.db");
    const log = join(folder, "log");
    writeFileSync(log, "");
    const script = `
      import { appendFileSync } from "node:fs";
      import { acquireLock } from ${JSON.stringify(join(dist, "lock.js"))};
      for (let i = 0; i < 5; i++) {
        const release = await acquireLock({ database: ${JSON.stringify(database)}, command: "x", waitMs: 30000, now: () => new Date(0) });
        appendFileSync(${JSON.stringify(log)}, process.pid + " in\\n");
        await new Promise((resolve) => setTimeout(resolve, 5));
        appendFileSync(${JSON.stringify(log)}, process.pid + " out\\n");
        release();
      }`;
    const children = Array.from({ length: 4 }, () => spawn(process.execPath, ["--input-type=module", "-e", script]));
    const codes = await Promise.all(children.map(async (child) => ((await once(child, "exit")) as [number])[0]));
    expect(codes).toEqual([0, 0, 0, 0]);
    const lines = readFileSync(log, "utf8").trim().split("\n");
    expect(lines).toHaveLength(40);
    for (let i = 0; i < lines.length; i += 2) {
      expect(lines[i + 1]).toBe(lines[i]!.replace("in", "out"));
    }
  });

  it("creates a missing folder, and explains an invalid lock file", async () => {
    const folder = temporaryFolder();
    (await acquireLock(options(join(folder, "new", "mlctl.db"))))();
    appendFileSync(join(folder, "mlctl.db.lock"), "not a database, but long enough to be looked at ".repeat(20));
    await expect(acquireLock(options(join(folder, "mlctl.db")))).rejects.toMatchObject({
      kind: "failure",
      hint: "delete the file: it contains no data",
    });
  });
});
