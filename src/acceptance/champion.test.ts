/** What is deployed is compared with, never taken for granted. */
import { appendFileSync, copyFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { deployedWorkspace, type FullprocessJson, type LifecycleWorkspace } from "./lifecycleWorkspace.ts";

let workspace: LifecycleWorkspace;

/** v1 is deployed, v2 (of drifted data) lost against it. */
beforeAll(() => {
  workspace = deployedWorkspace();
  workspace.configure({ input_folder_path: "sourcedata" });
  expect(workspace.json<FullprocessJson>("fullprocess", "-q").status).toBe("kept");
});

describe("the deployed model", () => {
  it("is not replaced by a worse one because its file is damaged, unless that is forced", () => {
    const damaged = workspace.copy();
    // All three copies: a release that is damaged alone is restored from another one.
    const [first] = damaged.names("models", /^trainedmodel_/);
    const copies = [`models/${first}`, "production_deployment/trainedmodel.json"].map((path) =>
      join(damaged.folder, path),
    );
    for (const path of [deployedModel(damaged), ...copies]) appendFileSync(path, "x");
    const kept = damaged.json<{ status: string; reasons: string[] }>("deploy", "v2");
    expect(kept.status).toBe("kept");
    expect(kept.reasons.join()).toMatch(/cannot compare with the deployed model: .*trainedmodel\.json/);
    expect(damaged.json<{ status: string }>("deploy", "v2", "--force").status).toBe("deployed");
  });

  it("is the one that was recorded: another sound model in its place is refused", () => {
    const swapped = workspace.copy();
    const [, newest] = swapped.names("models", /^trainedmodel_/);
    copyFileSync(join(swapped.folder, "models", newest!), deployedModel(swapped));
    expect(swapped.run(["predict", "testdata/testdata.csv"])).toMatchObject({
      status: 3,
      stdout: "",
      stderr: expect.stringContaining("is not the model that was recorded"),
    });
  });

  it("is challenged again when the promotion rules change", () => {
    const changed = workspace.copy();
    expect(changed.json<FullprocessJson>("fullprocess", "-q").status).toBe("nothing_new");
    changed.configure({ promotion: { require: { f1: { min: 0.99 } } } });
    const again = changed.json<FullprocessJson>("fullprocess", "-q");
    expect(again.status).toBe("kept");
    expect(again.steps.find(({ name }) => name === "deploy")?.status).toBe("done");
    expect(changed.json<FullprocessJson>("fullprocess", "-q").status).toBe("nothing_new");
  });
});

function deployedModel(of: LifecycleWorkspace): string {
  const [release] = of.names("production_deployment/releases");
  return join(of.folder, "production_deployment/releases", release!, "trainedmodel.json");
}
