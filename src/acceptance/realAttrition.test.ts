/** The attrition system's own files: what the original got from them, and what the promotion rule makes of it. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { emptyWorkspace, repository, type FullprocessJson, type LifecycleWorkspace } from "./lifecycleWorkspace.ts";

/** They stay where they are: the workspaces point to them. */
const data = join(repository, "../shared/data/attrition");
const absent = !existsSync(data);
if (absent) console.warn(`skipped: ${data} is not there`);

interface ScoreJson {
  readonly metrics: Readonly<Record<string, number>>;
  readonly baseline: Readonly<Record<string, number>>;
  readonly rows: number;
  readonly confusion_matrix: number[][];
}

/** What the original trained: one logistic regression, C = 1. */
const original = { models: [{ family: "logistic_regression", params: { C: 1 } }], metric: "f1", seed: 42 };

/** The original deployed whatever had the higher F1. */
const originalRule = { beat_baseline: false, confidence: null };

function workspaceOf(config: object): LifecycleWorkspace {
  return emptyWorkspace({
    input_folder_path: join(data, "practicedata"),
    test_data_path: join(data, "testdata"),
    target: "exited",
    id_columns: ["corporation"],
    ingest: { dedupe: "first" },
    ...config,
  });
}

function fullprocess(workspace: LifecycleWorkspace, input: string): FullprocessJson & { readonly stderr: string } {
  const environment = { MLCTL_INPUT_FOLDER_PATH: join(data, input) };
  const { status, stdout, stderr } = workspace.run(["fullprocess", "--json"], { environment });
  expect(status, stderr).toBe(0);
  return { ...(JSON.parse(stdout) as FullprocessJson), stderr };
}

const told = ({ steps }: FullprocessJson, step: string): string =>
  steps.find(({ name }) => name === step)?.reason ?? "";

describe.skipIf(absent)("the files of the attrition system", () => {
  it.each([
    ["the original's model", original],
    ["the default models", {}],
  ])("%s: 26 rows each, promoted only if better on the same five rows, then nothing new", (_, train) => {
    const workspace = workspaceOf({ train, promotion: originalRule });
    const practice = fullprocess(workspace, "practicedata");
    expect(told(practice, "ingest")).toBe("26 rows from 2 files, 10 duplicates removed");
    expect(practice.status).toBe("deployed");
    // 4/7: two of three leavers found, two false alarms; the original recorded 0.5714285714285715.
    expect(practice.value).toBeGreaterThanOrEqual(0.571);
    expect(fullprocess(workspace, "practicedata").status).toBe("nothing_new");

    const source = fullprocess(workspace, "sourcedata");
    expect(told(source, "ingest")).toBe("26 rows from 2 files, 0 duplicates removed");
    expect(told(source, "drift")).toMatch(/^\d of 3 columns drifted/);
    const better = source.value! > practice.value!;
    expect(source.status).toBe(better ? "deployed" : "kept");
    // The default models predict one class for all five rows.
    expect(source.reasons.at(-1)).toMatch(
      better
        ? /champion's .* on the same 5 rows: ahead, but not statistically certain: 5 rows are too few/
        : /champion's .* on the same 5 rows: not better \(|the model is degenerate: it predicts . for all 5 rows/,
    );
    expect(fullprocess(workspace, "sourcedata").status).toBe("nothing_new");
  });

  it("without scaling the original's model gets the original's metric and predictions", () => {
    const workspace = workspaceOf({ features: [], train: original, promotion: originalRule });
    // LogisticRegression().fit(...) of the original: predictions 0,1,1,1,1 for 1,0,0,1,1 [systems.md 001].
    expect(fullprocess(workspace, "practicedata").value).toBeCloseTo(4 / 7, 12);
    const score = workspace.json<ScoreJson>("score");
    expect(score.confusion_matrix).toEqual([
      [0, 2],
      [1, 2],
    ]);
    const answers = workspace
      .ok("predict", join(data, "testdata", "testdata.csv"))
      .trim()
      .split("\n")
      .slice(1);
    expect(answers.map((line) => line.split(",")[5])).toEqual(["0", "1", "1", "1", "1"]);
  });

  it("by default a model that is worse than always predicting 1 is not deployed, with the reason", () => {
    const workspace = workspaceOf({ train: original });
    const practice = fullprocess(workspace, "practicedata");
    expect(practice.status).toBe("kept");
    // Three of five leave: precision 3/5, recall 1, F1 = 2 · 0.6 / 1.6 = 0.75.
    expect(practice.reasons).toEqual(["f1 0.5714 does not beat the baseline's 0.75"]);
    expect(told(practice, "deploy")).toBe(`not deployed; no model is in production: ${practice.reasons[0]}`);
    expect(workspace.json<ScoreJson>("score").baseline["f1"]).toBeCloseTo(0.75, 12);
    expect(workspace.run(["predict", join(data, "testdata", "testdata.csv")]).status).toBe(4);
    expect(fullprocess(workspace, "practicedata").status).toBe("nothing_new");
  });

  it("by the template's own configuration the report says that five rows decide nothing", () => {
    const workspace = emptyWorkspace();
    workspace.ok("init", "--template", "attrition");
    workspace.configure({
      input_folder_path: join(data, "practicedata"),
      test_data_path: join(data, "testdata"),
      promotion: originalRule,
    });
    const { stderr, interval, report_path: path } = fullprocess(workspace, "practicedata");
    const sentence =
      /5 test rows are far too few to compare models: F1 is between \S+ and \S+ \(95 % interval\); about \d+ rows are needed to detect a difference of 0\.05/;
    expect(stderr).toMatch(new RegExp(`warning: ${sentence.source}`));
    expect(interval![1] - interval![0]).toBeGreaterThan(0.5);
    expect(workspace.read(path!)).toMatch(sentence);
    expect(workspace.ok("report", "--format", "md", "-o", "-")).toMatch(
      /5 test rows are far too few to compare models/,
    );
    expect(workspace.json<{ warnings: string[] }>("score").warnings[0]).toMatch(sentence);
  });
});
