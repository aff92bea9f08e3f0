/** Numbers that break arithmetic and fits that take minutes, as a user meets them. */
import { describe, expect, it } from "vitest";
import { emptyWorkspace, type LifecycleWorkspace } from "./lifecycleWorkspace.ts";

function csvWorkspace(config: object, target: (row: number) => string, first = (row: number) => String(row % 13)) {
  const workspace = emptyWorkspace({ target: "y", ...config });
  const rows = Array.from({ length: 400 }, (_, row) => `${first(row)},${(row * 7) % 31},${target(row)}`);
  workspace.write({ "sourcedata/a.csv": `a,b,y\n${rows.join("\n")}\n` });
  workspace.ok("ingest", "-q");
  return workspace;
}

const isClass = (row: number): string => String((row * 7) % 31 > 15 ? 1 : 0);

describe("one absurd number", () => {
  it("in a feature leaves xgboost out with column and row, and the other models are trained", () => {
    const workspace = csvWorkspace({}, isClass, (row) => (row === 7 ? "1e200" : String(row % 13)));
    const { status, stderr } = workspace.run(["train"]);
    expect(status, stderr).toBe(0);
    expect(stderr).toContain('xgboost could not be fitted: feature "a" is 1e+200 in data row 8: xgboost takes');
    expect(stderr).toContain('column "a" is 1e+200 in data row 8: correct the cell or leave it empty');
    expect(stderr).toContain("best: logistic_regression");
    workspace.ok("verify");
  });

  it("in the target is an error with its row", () => {
    const workspace = csvWorkspace({ task: "regression" }, (row) => (row === 9 ? "1e308" : String(row)));
    const { status, stderr } = workspace.run(["train"]);
    expect([status, stderr]).toEqual([3, expect.stringContaining('"y" is 1e+308 in data row 10: models take')]);
  });
});

describe("a fit of many minutes", () => {
  const slow = { train: { models: [{ family: "xgboost", params: { engine: "wasm", n_estimators: 100_000 } }] } };

  it.each([
    ["SIGTERM", 143],
    ["SIGHUP", 143],
    ["SIGINT", 130],
  ] as const)("ends on %s, with the lock free and no file left", async (name, code) => {
    const workspace = csvWorkspace(slow, isClass);
    const before = files(workspace);
    const { child, finished } = workspace.start("train");
    let stderr = "";
    child.stderr!.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    while (!stderr.includes("reading")) await new Promise((resolve) => setTimeout(resolve, 20));
    await new Promise((resolve) => setTimeout(resolve, 500));
    const start = performance.now();
    child.kill(name);
    expect((await finished).status, stderr).toBe(code);
    // Two seconds on an idle machine; the tests share theirs.
    expect(performance.now() - start).toBeLessThan(10_000);
    expect(files(workspace)).toEqual(before);
    workspace.configure({ train: { models: [{ family: "baseline" }] } });
    workspace.ok("train", "-q");
  });
});

function files(workspace: LifecycleWorkspace): string[] {
  return [".", "models", "ingesteddata"].flatMap((folder) => workspace.names(folder));
}
