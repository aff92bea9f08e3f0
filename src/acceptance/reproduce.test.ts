/** A run can be trained again from its records, and the proof is in the bytes. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { deployedWorkspace, snapshot, type LifecycleWorkspace } from "./lifecycleWorkspace.ts";

let workspace: LifecycleWorkspace;

beforeAll(() => {
  workspace = deployedWorkspace();
});

describe("reproduce", () => {
  it("trains the same model again, byte for byte, and writes nothing", () => {
    const before = snapshot(workspace.folder);
    const { status, stderr } = workspace.run(["reproduce", "@champion"]);
    expect({ status, stderr }).toMatchObject({
      status: 0,
      stderr: expect.stringContaining("byte for byte"),
    });
    expect(snapshot(workspace.folder)).toEqual(before);
  });

  it("takes the recorded configuration, not the present one", () => {
    const { status } = workspace.run(["reproduce", "latest", "-q"]);
    expect(status).toBe(0);
    const changed = workspace.copy();
    changed.configure({ train: { seed: 7 } });
    expect(changed.run(["reproduce", "v1"]).status).toBe(0);
  });

  it("exits 10 and names the parts that differ if the record has another seed", () => {
    const changed = workspace.copy();
    editRun(changed, (text) => text.replace('"seed": 42,\n  "trainingRows"', '"seed": 43,\n  "trainingRows"'));
    const { status, stdout, stderr } = changed.run(["reproduce", "v1"]);
    expect(status, stderr).toBe(10);
    expect(stdout).toMatch(/differs in\t.*lineage/);
  });

  it("ends with 3 when the dataset is not what it was, and with 2 for a run that kept no model", () => {
    const changed = workspace.copy();
    const dataset = changed.names("ingesteddata").find((name) => name.endsWith(".csv"))!;
    const path = `ingesteddata/${dataset}`;
    changed.write({
      [path]: `${changed.read(path)}x
`,
    });
    expect(changed.run(["reproduce"])).toMatchObject({
      status: 3,
      stderr: expect.stringContaining("its hash differs"),
    });
    const { runs } = workspace.json<{ runs: { run_id: string; model: object | null }[] }>("runs", "list");
    const loser = runs.find(({ model }) => model === null)!;
    expect(workspace.run(["reproduce", loser.run_id])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("has no model file"),
    });
  });
});

function editRun(changed: LifecycleWorkspace, edit: (text: string) => string): void {
  for (const name of changed.names("models").filter((file) => file.startsWith("run_"))) {
    const path = join(changed.folder, "models", name);
    writeFileSync(path, edit(readFileSync(path, "utf8")));
  }
}
