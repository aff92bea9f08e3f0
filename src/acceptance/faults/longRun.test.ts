/** Weeks of scheduled jobs one after the other: memory stays flat, and what they leave is bounded by the retention of config.json. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { smallWorkspace } from "../badInput.ts";
import { environment, type LifecycleWorkspace } from "../lifecycleWorkspace.ts";
import { FAULTS_TIMEOUT, faultCount, histogram, isFull, tell } from "./faultCounts.ts";
import { failures } from "./killedWorkspace.ts";

const EXECUTIONS = faultCount(6, 2000);
const LOOKS = isFull ? 8 : 3;
const KEPT = isFull ? 100 : 3;

/** A look at the process and at what lies in the workspace, as longRun.js prints it. */
interface Look {
  readonly done: number;
  readonly day: string;
  readonly heapBytes: number;
  readonly rssBytes: number;
  readonly openFiles: number;
  readonly records: number;
  readonly logs: number;
  readonly files: number;
  readonly databaseBytes: number;
  readonly outcomes: Readonly<Record<string, number>>;
}

function scheduledWorkspace(): LifecycleWorkspace {
  const workspace = smallWorkspace();
  const kept = { keep: 5, days: null };
  workspace.configure({
    schedule: [
      { name: "verify", cron: "*/10 * * * *" },
      { name: "fullprocess", cron: "5 * * * *" },
      { name: "monitor", cron: isFull ? "7 */6 * * *" : "7 * * * *", args: ["practicedata/dataset1.csv"] },
      { name: "prune", cron: isFull ? "11 3 * * *" : "11 * * * *" },
    ],
    retention: { executions: { keep: KEPT, days: null }, monitoring: kept },
  });
  return workspace;
}

async function live(workspace: LifecycleWorkspace): Promise<Look[]> {
  const script = fileURLToPath(new URL("longRun.js", import.meta.url));
  const args = ["--expose-gc", script, workspace.folder, String(EXECUTIONS), String(LOOKS)];
  const child = spawn(process.execPath, args, { env: environment() });
  const looks: Look[] = [];
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdout.on("data", (chunk: Buffer) => {
    for (const line of chunk.toString().trim().split("\n")) {
      const look = JSON.parse(line) as Look;
      looks.push(look);
      tell(`  ${told(look)}`);
    }
  });
  const [status] = (await once(child, "close")) as [number];
  expect(status, stderr).toBe(0);
  return looks;
}

const mega = (bytes: number): string => (bytes / 1e6).toFixed(1);

function told(look: Look): string {
  const memory = `heap ${mega(look.heapBytes)} MB, resident ${mega(look.rssBytes)} MB, ${look.openFiles} open files`;
  const left = `${look.records} records, ${look.logs} logs, ${look.files} files, store ${mega(look.databaseBytes)} MB`;
  return `${look.done} executions until ${look.day}: ${memory}; ${left}`;
}

it.skipIf(!existsSync("/proc/self/fd"))(
  `${EXECUTIONS} scheduled executions leave memory flat and a bounded store`,
  async () => {
    const workspace = scheduledWorkspace();
    const looks = await live(workspace);
    const last = looks.at(-1)!;
    const outcomes = Object.entries(last.outcomes).flatMap(([name, count]) =>
      Array.from({ length: count }, () => name),
    );
    tell(`${EXECUTIONS} scheduled executions: ${histogram(outcomes)}`);
    expect(outcomes.filter((name) => !name.endsWith(" done"))).toEqual([]);
    expect(looks).toHaveLength(LOOKS);
    // The first look comes when everything is loaded and the retention is reached.
    const first = looks[isFull ? 1 : 0]!;
    expect(last.heapBytes).toBeLessThan(first.heapBytes + 4e6);
    expect(last.openFiles).toBeLessThanOrEqual(first.openFiles + 2);
    // The last run of each of the four jobs stays, however many others came after it.
    for (const { records, logs } of looks) expect(Math.max(records, logs)).toBeLessThanOrEqual(KEPT + 4);
    // Between two prunes monitoring adds a record each time it runs.
    expect(last.files).toBeLessThanOrEqual(first.files + 10);
    expect(last.databaseBytes).toBeLessThanOrEqual(first.databaseBytes * 1.25 + 65_536);
    expect(failures(workspace.run(["doctor", "--json"]))).toEqual([]);
    expect(workspace.json("fullprocess")).toMatchObject({ status: "nothing_new" });
  },
  FAULTS_TIMEOUT,
);
