/** Contributions add up to the answer that predict gives. */
import { describe, expect, it } from "vitest";
import { emptyWorkspace, logisticWorkspace, sampleWorkspace } from "./lifecycleWorkspace.ts";

interface Explained {
  readonly base_value: number;
  readonly unit: string;
  readonly importance: readonly { readonly feature: string; readonly importance: number }[];
  readonly columns: readonly { readonly column: string }[];
  readonly rows: readonly {
    readonly ids: Readonly<Record<string, string>>;
    readonly prediction: string | number;
    readonly probability: number | null;
    readonly contributions: readonly { readonly feature: string; readonly contribution: number }[];
  }[];
}

describe.each(["logistic_regression", "xgboost"])("explain %s", (family) => {
  it("explains each prediction: base value and contributions add up to its log-odds", () => {
    const workspace = sampleWorkspace();
    workspace.configure({ train: { models: [{ family }] } });
    workspace.ok("fullprocess", "-q");
    const rows = workspace.read("testdata/testdata.csv").split("\n").slice(0, 21).join("\n");
    workspace.write({ "some.csv": `${rows}\n` });
    const explained = workspace.json<Explained>("explain", "--rows", "some.csv");
    const predicted = workspace.ok("predict", "some.csv", "--format", "jsonl").trim().split("\n");
    expect(explained.unit).toBe("log_odds");
    expect(explained.rows).toHaveLength(20);
    const columns = explained.columns.map(({ column }) => column).toSorted();
    explained.rows.forEach(({ contributions, ...row }, i) => {
      const margin = contributions.reduce((sum, { contribution }) => sum + contribution, explained.base_value);
      const { corporation, prediction, probability } = JSON.parse(predicted[i]!) as Record<string, string | number>;
      expect(row).toEqual({ row: i + 1, ids: { corporation }, prediction, probability });
      // XGBoost's answers are float32: seven digits.
      expect(1 / (1 + Math.exp(-margin))).toBeCloseTo(probability as number, 5);
      expect(contributions.map(({ feature }) => feature).toSorted()).toEqual(columns);
    });
    const { ids, prediction } = explained.rows[0]!;
    expect(workspace.ok("explain", "--rows", "some.csv")).toMatch(
      new RegExp(`\\n1\\t${ids["corporation"]}\\t${prediction}\\t[\\d.]+\\t\\w+ \\(\\d+\\) [+−]`),
    );
    const sizes = explained.importance.map(({ importance }) => importance);
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
    expect(explained.importance.map(({ feature }) => feature)).toContain("lastmonth_activity");
  });
});

describe("explain", () => {
  it("adds up the dummy columns of a category, whose sums still give the prediction", () => {
    const rows = Array.from(
      { length: 300 },
      (_, i) => `${["red", "green", "blue"][i % 3]!},${i % 7},${(i % 3) * 2 + (i % 7) / 10}`,
    );
    const config = { target: "y", id_columns: ["itemId", "shop"], train: { models: [{ family: "ridge" }] } };
    const workspace = emptyWorkspace(config);
    workspace.write({
      "sourcedata/a.csv": `itemId,shop,colour,size,y\n${rows.map((row, i) => `${i},a,${row}`).join("\n")}\n`,
      "new.csv": "itemId,colour,size\n007,green,3\n",
    });
    workspace.ok("ingest");
    workspace.ok("train");
    const explained = workspace.json<Explained>("explain", "latest", "--rows", "new.csv");
    expect(explained.importance.length).toBeGreaterThan(2);
    const { contributions, ids, prediction, probability } = explained.rows[0]!;
    expect([ids, probability]).toEqual([{ itemId: "007" }, null]);
    expect(contributions.map(({ feature }) => feature).toSorted()).toEqual(["colour", "size"]);
    const sum = contributions.reduce((total, { contribution }) => total + contribution, explained.base_value);
    const predicted = JSON.parse(workspace.ok("predict", "new.csv", "--model", "latest", "--format", "jsonl")) as {
      prediction: number;
    };
    expect(sum).toBeCloseTo(predicted.prediction, 8);
    expect(prediction).toBe(predicted.prediction);
  });

  it("says that rows come by --rows, and names a bad cell by its line, as predict does", () => {
    const workspace = logisticWorkspace();
    const rowsAsModel = workspace.run(["explain", "testdata/testdata.csv"]);
    expect(rowsAsModel.stderr).toBe(
      "error: testdata/testdata.csv is a file of rows, not a model\nhint: `mlctl explain --rows testdata/testdata.csv`\n",
    );
    expect(rowsAsModel.status).toBe(2);
    expect(workspace.run(["explain", "-"]).stderr).toContain("hint: `mlctl explain --rows -` reads rows from stdin\n");
    const [header, first, second] = workspace.read("testdata/testdata.csv").split("\n");
    const cells = second!.split(",");
    // A break within quotes: the second row begins in line 4.
    workspace.write({
      "bad.csv": `${header}\n${first!.replace(/^[^,]*/, '"a\nb"')}\n${[cells[0], "many", ...cells.slice(2)].join(",")}\n`,
    });
    expect(workspace.run(["predict", "bad.csv"]).stderr).toContain('line 4: column "lastmonth_activity": "many"');
    expect(workspace.run(["explain", "--rows", "-"], { input: workspace.read("bad.csv") }).stderr).toMatch(
      /contains "many" in line 4 of stdin\.csv, but/,
    );
    const { columns: _columns, ...filed } = workspace.json<Explained>("explain", "--rows", "testdata/testdata.csv");
    const input = workspace.ok("predict", "testdata/testdata.csv", "--format", "jsonl");
    const piped = workspace.run(["explain", "--rows", "-", "--json"], { input });
    expect([piped.stderr, piped.status]).toEqual(["", 0]);
    expect(JSON.parse(piped.stdout)).toMatchObject(filed);
    for (const method of ["shap", "permutation"]) {
      expect(workspace.run(["explain", "--rows", "bad.csv", "--method", method]).stderr).toContain(
        'column "lastmonth_activity" contains "many" in line 4 of bad.csv, but the model was trained on numbers',
      );
    }
  });
});
