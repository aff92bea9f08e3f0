/** Which rows decide on a promotion: none that a model was trained on, and not only old ones. */
import { describe, expect, it } from "vitest";
import { random } from "../core/random.ts";
import { emptyWorkspace, type LifecycleWorkspace } from "./lifecycleWorkspace.ts";

interface DeployJson {
  readonly status: string;
  readonly reasons: readonly string[];
}

const logistic = { models: [{ family: "logistic_regression" }] };
const withoutCalls = { target: "churn", drop_columns: ["calls"], train: logistic };
const withCalls = { target: "churn", train: logistic };
const refitted = { ...withCalls, train: { ...logistic, refit: true } };

/** Customers of a month of 2024, by day. `effect` is that of calls on churn, which may turn round. */
function month(number: number, { rows = 200, effect = 2 } = {}): string[] {
  const { normal } = random(number);
  return Array.from({ length: rows }, (_, row) => {
    const [usage, calls] = [normal(), normal()];
    const day = String(1 + Math.floor((28 * row) / rows)).padStart(2, "0");
    const churn = usage + effect * calls + normal() > 0 ? "yes" : "no";
    return `2024-0${number}-${day},${usage.toFixed(4)},${calls.toFixed(4)},${churn}`;
  });
}

const csv = (...months: readonly string[][]): string => ["seen,usage,calls,churn", ...months.flat(), ""].join("\n");
/** The columns after the date. */
const undated = (text: string): string => text.replaceAll(/^[^,]*,/gm, "");

const turned = month(6, { effect: -2 });
/** Test rows of February. */
const old = (...months: readonly string[][]): string => csv(...months).replaceAll(/2024-0\d/g, "2024-02");

/** The first model is deployed before `later` comes, the second challenges it. */
function challenged(
  [first, second]: readonly [object, object],
  later: string,
  { test = old(month(7), month(8)), edit = (text: string) => text } = {},
): { workspace: LifecycleWorkspace; result: DeployJson } {
  const workspace = emptyWorkspace(first);
  const known = [1, 2, 3, 4, 5].map((number) => month(number));
  workspace.write({ "sourcedata/known.csv": edit(csv(...known)), "testdata/test.csv": edit(test) });
  workspace.ok("ingest");
  workspace.ok("train");
  expect(workspace.json<DeployJson>("deploy").status).toBe("deployed");
  workspace.write({ "sourcedata/later.csv": edit(later), "config.json": JSON.stringify(second) });
  workspace.ok("ingest");
  workspace.ok("train");
  return { workspace, result: workspace.json<DeployJson>("deploy") };
}

const newest = (reasons: readonly string[]): string[] => reasons.filter((text) => text.includes("the last test row"));

describe("rows that are newer than the test rows", () => {
  it("reject a challenger that is better on the test rows alone, and the record says so", () => {
    const { workspace, result } = challenged([withoutCalls, withCalls], csv(turned));
    expect(result.status).toBe("kept");
    expect(result.reasons).toEqual([
      expect.stringMatching(
        /^log_loss [1-9]\.\d+ against the champion's 0\.\d+ on the same \d+ rows that are later in "seen" than the last test row \(2024-02-28\) and new to both: worse \(.*: add labelled rows that are as new to the test data$/,
      ),
    ]);
    // The same rows, seed and models: the same decision, word for word.
    expect(workspace.json<DeployJson>("deploy").reasons).toEqual(result.reasons);
    // The next step that the reason names.
    workspace.write({ "testdata/test.csv": csv(month(9, { effect: -2 }).map((row) => row.replace("-09-", "-06-"))) });
    const retested = workspace.json<DeployJson>("deploy");
    expect([retested.status, newest(retested.reasons)]).toEqual(["kept", []]);
    expect(retested.reasons.join()).toContain("on the same 200 rows: not better");
    const forced = workspace.json<DeployJson>("deploy", "--force");
    expect(JSON.parse(workspace.read("production_deployment/deployment.json"))).toMatchObject({
      reasons: forced.reasons,
    });
  });

  it("are reported if they would deploy the challenger that the test rows reject", () => {
    const { result } = challenged([withCalls, withoutCalls], csv(turned));
    expect(result.status).toBe("kept");
    expect(result.reasons).toEqual([
      expect.stringMatching(/ on the same 400 rows: not better /),
      expect.stringMatching(/ and new to both: better \(/),
      expect.stringMatching(
        /^the deployed model uses "calls", which drop_columns leaves out now: `mlctl deploy \w+ --force`/,
      ),
    ]);
  });

  it("judge a model that was fitted again on all rows as one that was fitted without the later half", () => {
    const { result, workspace } = challenged([refitted, refitted], csv(turned));
    expect(newest(result.reasons)).toEqual([expect.stringMatching(/ on the same 100 rows .*: better \(/)]);
    expect(workspace.run(["deploy", "--dry-run"]).stderr).toContain(
      "fitting logistic_regression without 100 new rows, to compare both models on them",
    );
  });

  it("are reported if too few are new to both models, and then do not decide", () => {
    const { result } = challenged([{ ...refitted, drop_columns: ["calls"] }, refitted], csv(turned.slice(0, 58)));
    expect(result.status).toBe("deployed");
    expect(newest(result.reasons)).toEqual([
      '58 ingested rows are later in "seen" than the last test row (2024-02-28), 29 of them are new to both models, too few to compare them: add labelled rows that are as new to the test data',
    ]);
  });

  it("are not known to be new if the training rows of the deployed model are gone, and the reasons say so", () => {
    const { workspace } = challenged([withoutCalls, withCalls], csv(turned));
    const [first] = workspace.names("ingesteddata", /^finaldata_.*\.csv$/).toSorted();
    // The deployed model was scored on other test rows, which it knows to be no copies.
    workspace.write({ [`ingesteddata/${first}`]: null, "testdata/test.csv": old(month(7), month(8), month(9)) });
    const { reasons } = workspace.json<DeployJson>("deploy", "--dry-run");
    expect(newest(reasons)[0]).toMatch(
      /are new to both models is not known, because the training rows of the deployed model are gone: add/,
    );
    const copies = /whether test rows are copies of training rows is not known: the dataset of run \w+ is gone/;
    expect(reasons.at(-1)).toMatch(copies);
    expect(workspace.run(["score", "--model", "@champion"]).stderr).toMatch(copies);
  });

  it("are none if the test rows are as new, or if the rows have no dates", () => {
    const asNew = csv(
      month(7),
      month(8).map((row) => row.replace("-08-", "-06-")),
    );
    for (const options of [{ test: asNew }, { edit: undated }]) {
      const { result } = challenged([withoutCalls, withCalls], csv(turned), options);
      expect([result.status, newest(result.reasons)]).toEqual(["deployed", []]);
    }
  });
});

describe("test rows that a model was trained on", () => {
  /** Learns its training rows by heart. */
  const trees = { n_estimators: 300, max_depth: 12, min_child_weight: 0, early_stopping_rounds: null };
  const models = [{ family: "xgboost", params: trees }];
  const byHeart = { target: "churn", train: { models, refit: true, metric: "accuracy" } };
  const champion = { ...withCalls, train: { ...logistic, metric: "accuracy" } };
  const copied = month(7);

  it("do not count, so a model that has learned them by heart is not deployed for that", () => {
    const test = csv(copied, month(8, { rows: 100 }));
    const { result, workspace } = challenged([champion, byHeart], csv(copied), { test, edit: undated });
    expect(result.status).toBe("kept");
    expect(result.reasons).toEqual([
      expect.stringMatching(
        / on the same 100 rows \(without 200 that are copies of rows that a model was trained on\): not better /,
      ),
    ]);
    workspace.write({ "testdata/test.csv": undated(csv(copied, month(8, { rows: 29 }))) });
    expect(workspace.json<DeployJson>("deploy")).toMatchObject({
      status: "kept",
      reasons: [
        expect.stringMatching(
          /^200 of 229 test rows are copies of rows that a model was trained on, so 29 are left to compare the models, at least 30 needed: replace them by labelled rows that were not ingested \(`mlctl split FILE`, .*\), or deploy with --force$/,
        ),
      ],
    });
  });

  it("do not judge the first model either: without 30 others it is not deployed, and the score names them", () => {
    const workspace = emptyWorkspace(byHeart);
    workspace.write({ "sourcedata/known.csv": undated(csv(copied)), "testdata/test.csv": undated(csv(copied)) });
    const { steps } = workspace.json<{ steps: readonly { name: string; reason: string }[] }>("fullprocess");
    const reasonOf = (step: string) => steps.find(({ name }) => name === step)?.reason;
    expect(reasonOf("score")).toMatch(/ on 200 test rows, of which 200 are copies of training rows$/);
    const reason = "so 0 are left to judge the model, at least 30 needed: replace them by labelled rows that were not";
    expect(reasonOf("deploy")).toContain(reason);
    expect(workspace.run(["score"]).stderr).toContain(" on 200 test rows, of which 200 are copies of training rows;");
    workspace.write({ "testdata/test.csv": undated(csv(copied, month(8, { rows: 30 }))) });
    const copies = " (without 200 that are copies of rows that a model was trained on)";
    expect(workspace.json<DeployJson>("deploy", "--dry-run").reasons.join()).toContain(copies);
    // The next step that the reason names.
    workspace.ok("split", "sourcedata/known.csv", "-o", "parts");
    const [train, test] = ["train", "test"].map((part) => workspace.read(`parts/${part}.csv`));
    workspace.write({ "sourcedata/known.csv": train!, "testdata/test.csv": test! });
    workspace.ok("ingest");
    workspace.ok("train");
    expect(workspace.json<DeployJson>("deploy", "--dry-run").reasons.join()).not.toContain("test rows are copies");
    workspace.write({ "testdata/test.csv": train! });
    expect(workspace.json<DeployJson>("deploy", "--dry-run").reasons.join()).toContain("test rows are copies");
    expect(workspace.json<DeployJson>("deploy", "--force").status).toBe("deployed");
  });

  it("count if the training rows repeat each other as often, as rows of a few categories do", () => {
    const edit = (text: string): string =>
      undated(text).replaceAll(/(-?)\d+\.\d+/g, (_, minus) => (minus === "" ? "high" : "low"));
    const { result } = challenged([withoutCalls, withCalls], csv(month(6)), { edit });
    expect(result.status).toBe("deployed");
    expect(result.reasons.join()).toMatch(/ on the same 400 rows: better /);
  });
});

it("compares models of the same classes, the other of which is the positive one, and of no other classes", () => {
  const judged = ([first, second]: readonly [object, object]) =>
    challenged([first, second], csv(month(6))).result.reasons.find((reason) => reason.includes("on the same"));
  const same = judged([withCalls, withCalls]);
  expect(same).toMatch(/^log_loss 0\.\d+ against the champion's 0\.\d+ on the same \d+ rows/);
  // The log loss does not depend on the positive class.
  expect(judged([{ ...withCalls, positive_class: "no" }, withCalls])).toBe(same);
  expect(judged([withCalls, { ...withCalls, positive_class: "no" }])).toBe(same);
});
