/** mlctl tune as a user calls it: the same trials with any number of threads, resumed after a stop, kept in config.json. */
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { emptyWorkspace, type LifecycleWorkspace } from "./lifecycleWorkspace.ts";

/** 160 rows: y is 1 where a + b is large, with noise from a fixed sequence. */
function rows(): string {
  let state = 7;
  const next = (): number => (state = (state * 16807) % 2147483647) / 2147483647;
  const lines = Array.from({ length: 160 }, () => {
    const [a, b, noise] = [next(), next(), next()];
    return `${a.toFixed(4)},${b.toFixed(4)},${a + b + 0.6 * (noise - 0.5) > 1 ? 1 : 0}`;
  });
  return ["a,b,y", ...lines, ""].join("\n");
}

const config = `{
  "target": "y", // the answer
  "train": {
    "selection": { "method": "stratified_k_fold", "folds": 3 },
    "models": [
      { "family": "baseline" },
      {
        "family": "xgboost",
        "params": { "learning_rate": 0.2 }, // stays
        "search": {
          "method": "tpe", "trials": 14, "folds": 3,
          "space": {
            "max_depth": { "distribution": "integer", "low": 1, "high": 4 },
            "n_estimators": [5, 10, 20],
            "gamma": { "distribution": "log_uniform", "low": 0.001, "high": 1 }
          }
        }
      }
    ],
    "metric": "roc_auc"
  }
}
`;

interface TuneJson {
  readonly trials: number;
  readonly run_id: string;
  readonly best: { readonly trial: number; readonly value: number; readonly params: Readonly<Record<string, number>> };
  readonly searches: readonly {
    readonly model: number;
    readonly family: string;
    readonly reused: number;
    readonly trials: number;
    readonly best: { readonly params: object; readonly value: number };
    readonly configured: number;
  }[];
  readonly notes: readonly string[];
  readonly leaderboard: readonly { readonly family: string; readonly selection: { readonly mean: number } }[];
  readonly model: { readonly sha256: string };
  readonly written: string | null;
}

interface TrialsJson {
  readonly trials: readonly {
    readonly number: number;
    readonly params: object;
    readonly value: number;
    readonly steps: number[];
  }[];
}

function workspaceOf(text = config): LifecycleWorkspace {
  const workspace = emptyWorkspace();
  workspace.write({ "config.json": text, "sourcedata/rows.csv": rows() });
  workspace.ok("ingest");
  return workspace;
}

const trialsOf = (workspace: LifecycleWorkspace) =>
  workspace
    .json<TrialsJson>("runs", "list", "--trials")
    .trials.map(({ number, params, value, steps }) => ({ number, params, value, steps }));

describe("tune", () => {
  let workspace: LifecycleWorkspace;
  let tuned: TuneJson;
  beforeAll(() => {
    workspace = workspaceOf();
    tuned = workspace.json<TuneJson>("tune", "--workers", "2");
  });

  it("says beforehand how many fits it would be, and writes nothing", () => {
    const untouched = workspaceOf();
    const plan = untouched.json<{ fits: number; trials: number }>("tune", "--dry-run");
    expect(plan).toMatchObject({ trials: 14, fits: 42 });
    expect(untouched.names("models")).toEqual([]);
  });

  it("has the same trials and the same model with one thread and with three", () => {
    for (const workers of ["1", "3"]) {
      const other = workspaceOf();
      expect(other.json<TuneJson>("tune", "--workers", workers).model.sha256).toBe(tuned.model.sha256);
      expect(trialsOf(other)).toEqual(trialsOf(workspace));
    }
  });

  it("has the value of a fit outside the search: threads, shared features and shared rounds change no digit", () => {
    const row = tuned.leaderboard.find(({ family }) => family === "xgboost")!;
    expect(row.selection.mean).toBe(tuned.best.value);
  });

  it("keeps trials apart from runs, and finds them again after a reindex", () => {
    const before = trialsOf(workspace);
    expect(before).toHaveLength(14);
    expect(workspace.json<{ runs: unknown[] }>("runs", "list").runs).toHaveLength(2);
    workspace.write({ "mlctl.db": null });
    workspace.ok("reindex");
    expect(trialsOf(workspace)).toEqual(before);
  });

  it("goes on from the trials that are known, more of them if asked", () => {
    const again = workspace.json<TuneJson>("tune");
    expect(again.searches[0]).toMatchObject({ reused: 14, trials: 14 });
    expect(again.model.sha256).toBe(tuned.model.sha256);
    expect(workspace.json<TuneJson>("tune", "--trials", "18").searches[0]).toMatchObject({ reused: 14, trials: 18 });
    expect(workspace.json<TuneJson>("tune", "--fresh").searches[0]).toMatchObject({ reused: 0 });
  });

  it("--write puts the best parameters into config.json and leaves the rest as it is; train takes them", () => {
    const other = workspaceOf();
    const { best, written } = other.json<TuneJson>("tune", "--write");
    const text = other.read("config.json");
    expect(written).toBe(join(other.folder, "config.json"));
    expect(text).toContain('"target": "y", // the answer');
    expect(text).toContain("// stays");
    expect(text).toContain('"method": "tpe", "trials": 14, "folds": 3,');
    const { config: shown } = other.json<{ config: { train: { models: { params: object }[] } } }>("config", "show");
    expect(shown.train.models[1]!.params).toEqual({ learning_rate: 0.2, ...best.params });
    const { leaderboard } = other.json<TuneJson>("train");
    expect(leaderboard[0]!.selection.mean).toBe(best.value);
  });

  it("--write writes the models that it found where config.json names none: train then ranks the same models", () => {
    const other = emptyWorkspace();
    other.write({ "config.json": '{\n  "target": "y" // stays\n}\n', "sourcedata/rows.csv": rows() });
    other.ok("ingest");
    const { leaderboard, searches, model } = other.json<TuneJson>("tune", "--trials", "3", "--write");
    expect(other.read("config.json")).toContain('"target": "y"');
    expect(other.read("config.json")).toContain("// stays");
    const { config: shown } = other.json<{ config: { train: { models: { family: string; params: object }[] } } }>(
      "config",
      "show",
    );
    const { model: position, family, best } = searches[0]!;
    expect(shown.train.models[position]).toMatchObject({ family, params: best.params });
    // The model is that of config.json as it is now.
    expect(other.json<{ steps: object[] }>("fullprocess", "--dry-run").steps).toContainEqual(
      expect.objectContaining({ name: "train", status: "skipped" }),
    );
    const ranking = (all: TuneJson["leaderboard"]) => all.map((row) => [row.family, row.selection.mean]);
    const trained = other.json<TuneJson>("train");
    expect(ranking(trained.leaderboard)).toEqual(ranking(leaderboard));
    expect(trained.model.sha256).toBe(model.sha256);
  });

  it("keeps configured parameters that are better than every trial on the same folds, and says so", () => {
    const other = workspaceOf(
      config
        .replace('"learning_rate": 0.2', '"learning_rate": 0.2, "n_estimators": 20, "max_depth": 2')
        .replace('"n_estimators": [5, 10, 20]', '"n_estimators": [1]'),
    );
    const { searches, written, notes, leaderboard } = other.json<TuneJson>("tune", "--trials", "2", "--write");
    const { best, configured } = searches[0]!;
    expect(best.value).toBeLessThan(configured);
    expect(written).toBeNull();
    expect(notes.join()).toMatch(/xgboost keeps its configured parameters: 0\.\d+ on 3 folds, the best trial 0\.\d+/);
    expect(leaderboard.find(({ family }) => family === "xgboost")!.selection.mean).toBe(configured);
    expect(other.read("config.json")).not.toContain('"gamma": 0');
  });

  it("-o writes another file and leaves config.json alone; each column names its metric and rows", () => {
    const other = workspaceOf();
    const stdout = other.ok("tune", "-o", "better.json");
    expect(stdout).toMatch(/\tfamily\troc_auc, 3 folds\t±\troc_auc, validation\tseconds\t/);
    expect(stdout).toMatch(/\tconfigured roc_auc\tbest roc_auc\t/);
    expect(other.read("config.json")).toBe(config);
    expect(other.read("better.json")).toContain('"max_depth":');
  });

  it("Ctrl-C prints the best trial so far and how to resume, and exits 130", async () => {
    const other = workspaceOf(config.replace('"learning_rate": 0.2', '"learning_rate": 0.2, "num_parallel_tree": 80'));
    const { child, finished } = other.start("tune", "--workers", "1");
    while (other.names("models", /\.jsonl$/).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill("SIGINT");
    const { status, stderr } = await finished;
    expect(status).toBe(130);
    expect(stderr).toMatch(
      /stopped by Ctrl-C after \d+ of 14 trials; best so far: roc_auc 0\.\d+ \(xgboost\), \{"max_depth"/,
    );
    expect(stderr).toContain("hint: finished trials are saved: run the same command again to continue");
    const saved = other.json<TrialsJson & { unfinished: object[] }>("runs", "list", "--trials");
    const { length } = saved.trials;
    expect(length).toBeGreaterThan(0);
    expect(saved.unfinished).toEqual([
      { key: expect.any(String), family: "xgboost", feature_set: "all", trials: length, planned: 14 },
    ]);
    const { stderr: notes } = other.run(["runs", "list", "--trials"]);
    expect(notes).toContain(`xgboost has not ended: ${length} of 14 trials are saved; \`mlctl tune\``);
  });
});

describe("a search that cannot be", () => {
  const searching = (search: object): LifecycleWorkspace =>
    emptyWorkspace({ target: "y", train: { models: [{ family: "xgboost", search }] } });

  it.each([
    [{ space: { max_dept: [1] } }, 'unknown parameter "max_dept" for xgboost; did you mean "max_depth"?'],
    [
      { space: { subsample: { low: 0.5, high: 1.5, step: 0.5 } } },
      'parameter "subsample" of xgboost is 1.5; allowed: a number above 0, at most 1',
    ],
    [{ space: { max_depth: { low: 2, high: 8 } }, method: "tpe" }, 'parameter "max_depth" of xgboost is'],
    [{ space: { gamma: { low: 0, high: 1 } } }, "a grid needs a step or a list of values"],
    [{ space: { gamma: { low: 1, high: 0 } }, method: "tpe" }, "low must be below high"],
    [
      { space: { gamma: { distribution: "log_uniform", low: 0, high: 1 } }, method: "tpe" },
      "found 0; log_uniform needs a value above 0",
    ],
    [
      { space: { max_leaves: { values: [8], when: { grow_polcy: ["lossguide"] } }, grow_policy: ["lossguide"] } },
      'did you mean "grow_policy"?',
    ],
    [{ space: {} }, "found no parameter"],
  ])("%o is told before anything is fitted", (search, message) => {
    const { status, stderr } = searching(search).run(["tune"]);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });

  it("is a family without a default one", () => {
    const workspace = emptyWorkspace({ target: "y", train: { models: [{ family: "baseline" }] } });
    workspace.write({ "sourcedata/rows.csv": rows() });
    workspace.ok("ingest");
    const { status, stderr } = workspace.run(["tune"]);
    expect(status).toBe(2);
    expect(stderr).toContain("no model in config.json has a search space");
    expect(workspace.run(["tune", "--workers", "0"]).status).toBe(2);
  });
});

it("ends a trial that takes longer than the time", () => {
  const params = { n_estimators: 100_000, max_depth: 2 };
  const search = { method: "random", space: { max_depth: { values: [1, 2] } } };
  const workspace = emptyWorkspace({ target: "y", train: { models: [{ family: "xgboost", params, search }] } });
  workspace.write({ "sourcedata/rows.csv": rows() });
  workspace.ok("ingest");
  const { status, stderr } = workspace.run(["tune", "--time", "1s"]);
  expect(stderr).toContain("when the time is up, 1 model is trained and compared on 3 folds\n");
  expect([status, stderr]).toEqual([2, expect.stringContaining("no trial of xgboost finished within --time")]);
});

it("without a search in config.json searches one model of each family within the time", () => {
  const workspace = emptyWorkspace({ target: "y" });
  workspace.write({ "sourcedata/rows.csv": rows() });
  workspace.ok("ingest");
  // Of a busy machine, those that had a trial.
  const families = ["logistic_regression", "xgboost", "random_forest"];
  const { searches, run_id: runId } = workspace.json<TuneJson>("tune", "--time", "5s");
  expect(searches.map(({ family }) => family)).toEqual(families.slice(0, searches.length));
  for (const { trials } of searches) expect(trials).toBeGreaterThan(0);
  expect(workspace.json("reproduce", runId)).toMatchObject({ identical: true });
  for (const [flags, message] of [
    [["--time", "0s"], "--time is 0s, must be longer"],
    [["--time", "1s", "--dry-run"], "whose number --time leaves open"],
    [["--time", "1s", "--method", "halving"], "--time does not go with the method halving"],
  ] as const) {
    const { status, stderr } = workspace.run(["tune", ...flags]);
    expect([status, stderr]).toEqual([2, expect.stringContaining(message)]);
  }
  const { status, stderr } = workspace.run(["train", "--time", "0s"]);
  expect([status, stderr]).toEqual([2, expect.stringContaining("--time is 0s, must be longer")]);
});
