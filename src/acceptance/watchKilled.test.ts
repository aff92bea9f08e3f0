/** watch killed with -9 at seeded instants: every dropped file still has exactly one result, and each row is logged once. */
import type { ChildProcess } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { random } from "../core/random.ts";
import { logisticWorkspace, type LifecycleWorkspace } from "./lifecycleWorkspace.ts";

/** 5 in the suite; MLCTL_KILLS=300 for a long run. */
const KILLS = Number(process.env["MLCTL_KILLS"] ?? 5);
/** Of which one is killed, and the other goes on. */
const WATCHERS = 2;
const FILES = KILLS * 2;
const ROWS = 3;

/** It says what it watches once it does. */
async function startOf(child: ChildProcess): Promise<void> {
  let stderr = "";
  await new Promise<void>((resolve, reject) => {
    child.stderr!.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
      if (stderr.includes("watching")) resolve();
    });
    child.on("close", () => reject(new Error(stderr)));
  });
}

let workspace: LifecycleWorkspace;
beforeAll(() => {
  workspace = logisticWorkspace();
  workspace.configure({
    watch: { log: true, settle: "0s", poll: "20ms" },
    monitor: { minimum_rows: 1 },
  });
});

describe("watch", () => {
  it(
    `killed ${KILLS} times has one result for each file`,
    async () => {
      const chance = random(6);
      const [header, ...rows] = workspace.read("testdata/testdata.csv").trim().split("\n");
      const drop = (from: number, to: number): void => {
        for (let i = from; i < to; i++) {
          const some = Array.from({ length: ROWS }, (_, k) => rows[(i * ROWS + k) % rows.length]!);
          workspace.write({
            [`drops/input/${i % 4 === 0 ? "sub/" : ""}f${i}.csv`]: `${[header, ...some].join("\n")}\n`,
          });
        }
      };
      let left = 0;
      for (let kill = 0; kill < KILLS; kill++) {
        drop(kill * 2, kill * 2 + 2);
        const watchers = Array.from({ length: kill % 5 === 0 ? WATCHERS : 1 }, () =>
          workspace.start("watch", "--json"),
        );
        await startOf(watchers[0]!.child);
        await sleep(chance.uniform() * 1200);
        for (const { child } of watchers) child.kill("SIGKILL");
        await Promise.all(watchers.map(({ finished }) => finished));
        left += workspace.names("drops/processing", /^[0-9a-f]{20}$/).length;
      }
      workspace.ok("watch", "--once", "--json");
      const found = readdirSync(join(workspace.folder, "drops"), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(join(workspace.folder, "drops").length + 1))
        .filter((path) => !path.startsWith("logs/"))
        .toSorted();
      const wanted = Array.from({ length: FILES }, (_, i) => `${i % 4 === 0 ? "sub/" : ""}f${i}`);
      const results = wanted.flatMap((name) => [
        `processed/${name}.csv`,
        `processed/${name}_predictions_attrition_v1.csv`,
      ]);
      console.log(`${KILLS} kills, ${left} claims left behind: ${FILES} files`);
      // A watcher that was killed leaves its lock; the next one removes it.
      expect(found).toEqual(results.toSorted());
      expect(left).toBeGreaterThan(0);
      for (const [i, name] of wanted.entries()) {
        const answered = workspace.read(`drops/processed/${name}_predictions_attrition_v1.csv`).trim().split("\n");
        expect(answered.slice(1).map((line) => line.split(",").slice(0, 5).join())).toEqual(
          Array.from({ length: ROWS }, (_, k) => rows[(i * ROWS + k) % rows.length]!),
        );
      }
      expect(workspace.json("predictions", "list")).toMatchObject({ total: FILES * ROWS });
      expect(workspace.json<{ windows: object[] }>("monitor", "--history", "--limit", "10000").windows).toHaveLength(
        FILES,
      );
      expect(workspace.run(["verify"]).status).toBe(0);
    },
    60_000 + KILLS * 10_000,
  );
});
