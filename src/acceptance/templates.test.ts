/** Every template of `mlctl init`: from nothing to a deployed model and answers, on its own sample data. */
import { describe, expect, it } from "vitest";
import { emptyWorkspace, templateWorkspace, type FullprocessJson } from "./lifecycleWorkspace.ts";

interface Expected {
  readonly metric: string;
  /** What the model must reach on the test data: far better than its baseline, and no more than the noise allows. */
  readonly from: number;
  readonly to: number;
  readonly request: string;
  readonly answers: number;
  /** Among the notes; a warning would look like a defect. */
  readonly note?: RegExp;
}

const expected: Readonly<Record<string, Expected>> = {
  // The noise that the cutoffs are drawn with has a standard deviation of 3.5 points.
  crs: {
    metric: "rmse",
    from: 2.8,
    to: 4.5,
    request: "requests/dates.csv",
    answers: 2,
    note: /^\d of 2\d\d rows have too little history and are dropped$/,
  },
  // Chance is 120 vehicles and 5 % of the volume: 310 on average.
  traffic: { metric: "rmse", from: 280, to: 380, request: "requests/hours.csv", answers: 3 },
  churn: { metric: "f1", from: 0.8, to: 0.95, request: "drops/customer_churn_2.csv", answers: 400 },
  course: { metric: "f1", from: 0.78, to: 0.9, request: "requests/learners.csv", answers: 2 },
};

const names = ["attrition", "crs", "traffic", "churn", "course", "blank"];
const order = (a: string, b: string): number => names.indexOf(a) - names.indexOf(b);

describe("init --template", () => {
  it.each(Object.entries(expected))("%s is ready for fullprocess and predict at once", (template, wanted) => {
    const workspace = templateWorkspace(template);
    expect(workspace.json("config", "validate")).toMatchObject({ valid: true, warnings: [] });
    expect(workspace.read("fullprocess.log")).not.toContain("warning:");
    const result = JSON.parse(workspace.read("fullprocess.json")) as FullprocessJson;
    const { status: outcome, value, notes, report_path: report } = result;
    if (wanted.note !== undefined) expect(notes).toContainEqual(expect.stringMatching(wanted.note));
    expect(workspace.read(report!)).toContain("SHAP summary");
    expect(outcome).toBe("deployed");
    expect(value).toBeGreaterThan(wanted.from);
    expect(value).toBeLessThan(wanted.to);

    const predicted = workspace.run(["predict", wanted.request]);
    expect(predicted.status, predicted.stderr).toBe(0);
    // A few customers of a new file use the telephone more than any before: that is told, and nothing else.
    expect(predicted.stderr).not.toMatch(/warning: (?!\d+ rows? outside the training range)/);
    expect(predicted.stdout.trim().split("\n")).toHaveLength(1 + wanted.answers);
    const again = JSON.parse(workspace.ok("fullprocess", "--json")) as FullprocessJson;
    expect(again.status).toBe("nothing_new");
  });

  it("draws other data from another seed, and the same bytes from the same one", () => {
    const [one, same, other] = [1, 1, 2].map((seed) => {
      const workspace = emptyWorkspace();
      workspace.ok("init", "--template", "course", "--seed", String(seed));
      return workspace.read("sourcedata/course.parquet");
    });
    expect(same).toBe(one);
    expect(other).not.toBe(one);
  });

  it("describes each template with --list, and refuses a file in place of a folder", () => {
    const workspace = emptyWorkspace();
    workspace.write({ taken: "" });
    const { templates } = workspace.json<{ templates: { name: string }[] }>("init", "--list");
    expect(templates.map(({ name }) => name)).toEqual([...Object.keys(expected), "attrition", "blank"].toSorted(order));
    expect(workspace.run(["init", "taken"])).toMatchObject({ status: 2 });
    expect(workspace.names(".")).toEqual(["taken"]);
  });

  it("blank has nothing to do without files, and says where they belong", () => {
    const workspace = emptyWorkspace();
    workspace.ok("init", "--template", "blank");
    const { status, stderr } = workspace.run(["fullprocess"]);
    expect(status).toBe(0);
    expect(stderr).toContain("nothing new: sourcedata is empty\nnext: put files of rows there\n");
  });

  it("reports files that will also be read, and does not change an existing .gitignore", () => {
    const workspace = emptyWorkspace();
    workspace.write({ ".gitignore": "node_modules\n", "sourcedata/old.csv": "a\n1\n" });
    const { notes } = workspace.json<{ notes: string[] }>("init", "--template", "crs");
    expect(workspace.read(".gitignore")).toBe("node_modules\n");
    expect(notes).toEqual([
      ".gitignore was not changed; it lacks mlctl.db* /ingesteddata/ /models/ /production_deployment/ /mlctl.env",
      "sourcedata already had old.csv; mlctl reads these files too",
    ]);
    expect(workspace.run(["init", "--template", "churn"]).status).toBe(2);
    expect(workspace.names("sourcedata")).toEqual(["old.csv", "rounds.json"]);
  });
});
