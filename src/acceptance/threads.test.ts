/** The same bytes with any number of threads, also of an ensemble and of what `train --time` found. */
import { describe, expect, it } from "vitest";
import { random } from "../core/random.ts";
import { emptyWorkspace, type LifecycleWorkspace } from "./lifecycleWorkspace.ts";

/** Classes by a sum and by a product of inputs: neither a linear model nor trees alone are best. */
function table(rowCount: number): string {
  const { normal, uniform } = random(5);
  const lines = Array.from({ length: rowCount }, () => {
    const x = Array.from({ length: 6 }, () => normal());
    const margin = 1.2 * x[0]! - 0.8 * x[1]! + x[2]! * x[3]! + 0.5 * x[4]!;
    return [...x.map((value) => value.toFixed(3)), uniform() < 1 / (1 + Math.exp(-margin)) ? "yes" : "no"].join(",");
  });
  return ["a,b,c,d,e,f,y", ...lines].join("\n");
}

/** XGBoost takes no more threads than the limit, whatever nthread asks for. */
const withThreads = (count: number) => ({
  environment: { OMP_NUM_THREADS: String(count), OMP_THREAD_LIMIT: String(count) },
  ownProcess: true,
});

interface Trained {
  readonly run_id: string;
  readonly family: string;
  readonly model: { readonly sha256: string };
}

function trained(workspace: LifecycleWorkspace, threads: number, ...args: string[]): Trained {
  const { status, stdout, stderr } = workspace.run(["train", "--json", ...args], withThreads(threads));
  expect(status, stderr).toBe(0);
  const { run_id: id } = JSON.parse(stdout) as { run_id: string };
  return workspace.json<{ run: Trained }>("runs", "show", id).run;
}

function prepared(train: object): LifecycleWorkspace {
  const workspace = emptyWorkspace({ target: "y", input_folder_path: "in", train: { seed: 3, ...train } });
  workspace.write({ "in/a.csv": table(1500) });
  workspace.ok("ingest");
  return workspace;
}

describe("the bytes of a model do not depend on the number of threads", () => {
  it("if the best is an ensemble, of members with several threads", () => {
    const trees = {
      n_estimators: 40,
      learning_rate: 0.1,
      max_depth: 3,
      subsample: 0.8,
      tree_method: "hist",
      nthread: 4,
    };
    const models = [{ family: "logistic_regression" }, { family: "xgboost", params: trees }];
    const workspace = prepared({ models, ensemble: true, refit: true });
    const [one, four] = [1, 4].map((threads) => trained(workspace, threads));
    expect([one!.family, four!.family]).toEqual(["ensemble", "ensemble"]);
    expect(four!.model.sha256).toBe(one!.model.sha256);
  });

  it("if `train --time` found it, when it is reproduced", () => {
    const workspace = prepared({});
    const { run_id: id } = trained(workspace, 4, "--time", "10s");
    for (const threads of [1, 4]) {
      const { status, stderr } = workspace.run(["reproduce", id], withThreads(threads));
      expect(stderr).toContain("byte for byte");
      expect(status).toBe(0);
    }
  });
});
