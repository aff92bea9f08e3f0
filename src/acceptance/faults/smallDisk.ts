/** A disk of some megabytes for tests of full and read-only disks; root may mount it. */
import { spawnSync } from "node:child_process";
import { readdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect } from "vitest";
import { sqliteReader } from "../../storage/predictionLog/sqliteReader.ts";
import { smallWorkspace } from "../badInput.ts";
import { copyFolder } from "../keptFolder.ts";
import { temporaryFolder, workspaceIn, type LifecycleWorkspace } from "../lifecycleWorkspace.ts";
import type { ServedWorkspace } from "../servedWorkspace.ts";
import { histogram } from "./faultCounts.ts";

const ROW = { corporation: "c1", lastmonth_activity: 10, lastyear_activity: 150, number_of_employees: 3 };

/** Each test of the file has a small deployed workspace on it; the tests are skipped where it cannot be mounted. */
export function smallDisk(configuration: Readonly<Record<string, unknown>>) {
  let [template, path, isMounted]: [LifecycleWorkspace | undefined, string, boolean] = [undefined, "", false];
  const remount = (mode: "ro" | "rw"): boolean => spawnSync("mount", ["-o", `remount,${mode}`, path]).status === 0;
  beforeAll(() => {
    template = smallWorkspace();
    template.configure(configuration);
    path = temporaryFolder();
    isMounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=6m", "tmpfs", path]).status === 0;
  });
  afterAll(() => {
    if (isMounted) spawnSync("umount", ["-l", path]);
  });
  beforeEach(({ skip }) => {
    if (!isMounted) skip("this machine does not let tests mount a disk of some megabytes");
    remount("rw");
    for (const name of readdirSync(path)) rmSync(join(path, name), { recursive: true });
    copyFolder(template!.folder, path);
  });
  return {
    workspace: () => workspaceIn(path),
    /** @param left bytes that stay free */
    fill(left = 0): void {
      const { bavail, bsize } = statfsSync(path);
      writeFileSync(join(path, "filler"), Buffer.alloc(Math.max(0, bavail * bsize - left)));
    },
    free: () => rmSync(join(path, "filler")),
    /** @returns false while a process has a file open for writing */
    remount,
    /** Number of logged predictions. */
    logged: async () => (await sqliteReader(join(path, "mlctl.db.predictions")).count()).predictions,
  };
}

/** The number of predictions, all of which are answered. */
export async function predictMany({ post }: ServedWorkspace, count: number): Promise<void> {
  const replies = await Promise.all(Array.from({ length: count }, () => post("/predict", ROW)));
  expect(histogram(replies.map(({ status }) => String(status)))).toBe(`200 ${count}`);
}

export async function logMetric({ get }: ServedWorkspace, name: string): Promise<number> {
  const { text } = await get("/metrics");
  return Number(new RegExp(`^mlctl_prediction_log_${name} (.*)$`, "m").exec(text)?.[1]);
}

/** What /ready says of the log. */
export const logProblem = async ({ get }: ServedWorkspace): Promise<unknown> =>
  (await get("/ready")).body["log_problem"];

/** Without the lines of other matters. */
export function warningsIn(stderr: string): string[] {
  return stderr.split("\n").filter((line) => line.startsWith("warning:"));
}
