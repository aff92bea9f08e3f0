/** A backup waits for those who write, and is whole. */
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { deployedWorkspace, emptyWorkspace, temporaryFolder, type LifecycleWorkspace } from "../lifecycleWorkspace.ts";

let workspace: LifecycleWorkspace;
beforeAll(() => {
  workspace = deployedWorkspace();
});

it("waits for a fullprocess that writes", async () => {
  const busy = workspace.copy();
  busy.configure({
    promotion: { beat_baseline: false },
    train: { models: [{ family: "logistic_regression" }] },
  });
  for (const i of [1, 2, 3]) {
    const writer = busy.start("fullprocess", "--force", "--seed", String(i), "-q");
    const path = join(temporaryFolder(), "busy.tar.gz");
    const { damaged } = busy.json<{ damaged: string[] }>("backup", path, "--wait", "1m");
    expect(damaged).toEqual([]);
    const restored = emptyWorkspace();
    expect(restored.json<{ damaged: string[] }>("restore", path).damaged).toEqual([]);
    restored.ok("verify");
    const { status, stderr } = await writer.finished;
    expect(status, stderr).toBe(0);
  }
});
