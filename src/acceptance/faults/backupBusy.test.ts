/** A backup is whole although others write meanwhile. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import {
  bin,
  deployedWorkspace,
  emptyWorkspace,
  temporaryFolder,
  type LifecycleWorkspace,
} from "../lifecycleWorkspace.ts";

let workspace: LifecycleWorkspace;
beforeAll(() => {
  workspace = deployedWorkspace();
});

it("are whole where mlctl prune works meanwhile: they are written again", () => {
  const copy = workspace.copy();
  const strict = { keep: 1, days: null };
  copy.configure({ retention: { models: strict, deployments: strict }, promotion: { beat_baseline: false } });
  for (const seed of ["1", "2", "3", "4"]) {
    copy.ok("train", "--seed", seed);
    copy.ok("deploy", "--force");
  }
  const preload = join(temporaryFolder(), "pruneMeanwhile.mjs");
  writeFileSync(preload, pruneMeanwhile);
  const path = join(temporaryFolder(), "pruned.tar.gz");
  const environment = { NODE_OPTIONS: `--import=${preload}`, MLCTL_BIN: bin };
  const { status, stdout, stderr } = copy.run(["backup", path, "--json"], { environment });
  expect([status, stderr]).toEqual([0, expect.stringContaining("records were removed during the backup")]);
  expect((JSON.parse(stdout) as { damaged: string[] }).damaged).toEqual([]);
  const restored = emptyWorkspace();
  expect(restored.json<{ damaged: string[] }>("restore", path).damaged).toEqual([]);
  expect(restored.names("production_deployment/releases")).toHaveLength(3);
  restored.ok("verify");
});

it("are whole while a fullprocess writes", async () => {
  const busy = workspace.copy();
  busy.configure({
    promotion: { beat_baseline: false },
    train: { models: [{ family: "logistic_regression" }] },
  });
  for (const i of [1, 2, 3]) {
    const writer = busy.start("fullprocess", "--force", "--seed", String(i), "-q");
    const path = join(temporaryFolder(), "busy.tar.gz");
    const { damaged } = busy.json<{ damaged: string[] }>("backup", path);
    expect(damaged).toEqual([]);
    const restored = emptyWorkspace();
    expect(restored.json<{ damaged: string[] }>("restore", path).damaged).toEqual([]);
    restored.ok("verify");
    const { status, stderr } = await writer.finished;
    expect(status, stderr).toBe(0);
  }
});

/** Runs mlctl prune once the first byte of an archive is to be written. */
const pruneMeanwhile = `
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
const real = fs.createWriteStream;
let isFirst = true;
fs.createWriteStream = (...args) => {
  if (isFirst) spawnSync(process.execPath, [process.env.MLCTL_BIN, "prune"], { env: { PATH: process.env.PATH } });
  isFirst = false;
  return real(...args);
};
syncBuiltinESMExports();
`;
