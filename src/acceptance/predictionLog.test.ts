/** From an answer to its truth: predict --log, labels, predictions, lineage, and apicalls. */
import { beforeAll, describe, expect, it } from "vitest";
import { emptyWorkspace, logisticWorkspace, sampleWorkspace, type LifecycleWorkspace } from "./lifecycleWorkspace.ts";

interface LabelsJson {
  readonly by: readonly string[];
  readonly matched: number;
  readonly unmatched: number;
  readonly labelled: number;
  readonly unchanged: number;
  readonly replaced: number;
  readonly duplicates: number;
  readonly conflicts: number;
  readonly invalid: number;
  readonly without_label: number;
  readonly rejected: number;
  readonly examples: { readonly unmatched: readonly { readonly line: number; readonly key: string }[] };
}

const rows = `corporation,lastmonth_activity,lastyear_activity,number_of_employees
acme,78,1024,12
initech,3,20,900
hooli,50,400,70
`;

let workspace: LifecycleWorkspace;
/** By corporation. */
let ids: Record<string, string>;
beforeAll(() => {
  workspace = logisticWorkspace();
  workspace.write({ "rows.csv": rows });
  const answered = workspace.ok("predict", "rows.csv", "--log").trim().split("\n");
  expect(answered[0]!.endsWith(",prediction,probability,prediction_id")).toBe(true);
  ids = Object.fromEntries(answered.slice(1).map((line) => [line.split(",")[0]!, line.split(",").at(-1)!]));
});

/** With the exit code. */
function labels(content: string, ...more: string[]): LabelsJson & { readonly status: number | null } {
  const { status, stdout, stderr } = workspace.run(["labels", "-", "--json", ...more], { input: content });
  expect(stdout, stderr).not.toBe("");
  return { ...(JSON.parse(stdout) as LabelsJson), status };
}

describe("labels", () => {
  it("find their prediction by its id, and the same file again changes nothing", () => {
    const file = `prediction_id,exited\n${ids["acme"]},1.0\nffff,0\n${ids["acme"]},1.0\n${ids["hooli"]},\n`;
    const first = labels(file);
    expect(first).toMatchObject({ by: ["prediction_id"], status: 0, matched: 1, unmatched: 1, labelled: 1 });
    expect(first).toMatchObject({ duplicates: 1, without_label: 1, conflicts: 0, respelled: 1 });
    expect(workspace.run(["labels", "-"], { input: file }).stderr).toContain(
      `note: 1 label read as a class that is written differently, first: line 2: ${ids["acme"]}: "1.0" as "1"\n`,
    );
    expect(first.examples.unmatched).toEqual([{ line: 3, key: "ffff", label: "0" }]);
    expect(labels(file)).toMatchObject({ status: 0, matched: 1, labelled: 0, unchanged: 1 });
  });

  it("find it by the columns that name a row, from JSON lines under other names", () => {
    const line = JSON.stringify({ corporation: "initech", left: true });
    // true is no class of 0 and 1: nothing is guessed.
    expect(labels(`${line}\n`, "--label", "left", "--input-format", "jsonl")).toMatchObject({ status: 3, invalid: 1 });
    const unusable = workspace.run(["labels", "-", "--label", "left", "--input-format", "jsonl"], { input: line });
    expect(unusable.stderr + unusable.stdout).toMatch(/joined left to 0 predictions from 1 row by corporation\n/);
    const told = labels(`{"corporation":"initech","left":1}\n`, "--label", "left", "--input-format", "jsonl");
    expect(told).toMatchObject({ by: ["corporation"], status: 0, labelled: 1 });
  });

  it("are found under names that ingest normalizes, as it does", () => {
    const other = emptyWorkspace({
      target: "has_left",
      id_columns: ["customer_no"],
      ingest: { normalize_names: true },
      train: { models: [{ family: "baseline" }] },
    });
    const header = "Customer No,Sea  Miles,Has Left";
    const customers = Array.from({ length: 40 }, (_, i) => `c${i},${i},${i % 2}`);
    other.write({ "sourcedata/a.csv": [header, ...customers, ""].join("\n"), "new.csv": `${header}\nc90,5,\n` });
    other.ok("ingest");
    other.ok("train");
    other.ok("deploy", "--force");
    other.ok("predict", "new.csv", "--log", "-o", "answers.csv");
    other.write({ "known.csv": "Customer No,Has Left\nc90,1\n" });
    expect(other.json("labels", "known.csv")).toMatchObject({ by: ["customer_no"], label: "has_left", labelled: 1 });
    expect(other.json("labels", "known.csv", "--label", "Has Left")).toMatchObject({ unchanged: 1 });
  });

  it("of a regression that are not numbers are called so", () => {
    const numbers = emptyWorkspace({ target: "y", id_columns: ["id"], train: { models: [{ family: "baseline" }] } });
    const lines = Array.from({ length: 40 }, (_, i) => `c${i},${i},${i * 2.5}`);
    numbers.write({ "sourcedata/a.csv": ["id,x,y", ...lines, ""].join("\n"), "new.csv": "id,x\nk,5\n" });
    for (const command of [["ingest"], ["train"], ["deploy", "--force"], ["predict", "new.csv", "--log"]])
      numbers.ok(...command);
    const { status, stderr } = numbers.run(["labels", "-"], { input: "id,y\nk,fast\n" });
    expect([status, stderr]).toEqual([
      3,
      expect.stringContaining('1 label cannot be used, first: line 2: k: "fast" is not a number\n'),
    ]);
  });

  it("that say otherwise are conflicts, until they are forced", () => {
    const file = `corporation,exited\nacme,0\n`;
    expect(labels(file)).toMatchObject({ status: 3, matched: 1, conflicts: 1, replaced: 0 });
    expect(labels(file, "--force")).toMatchObject({ status: 0, conflicts: 0, replaced: 1 });
    // Of rows of one file that contradict each other, none is joined.
    const both = "corporation,exited\nacme,0\nacme,1\nacme,0.0\nacme,maybe\n";
    for (const force of [[], ["--force"]])
      expect(labels(both, ...force)).toMatchObject({ status: 3, conflicts: 2, invalid: 1, unchanged: 0, replaced: 0 });
    expect(workspace.run(["labels", "-", "--force"], { input: both }).stderr).toContain(
      "2 conflicting labels, first: line 2: acme is 0, but line 3 has 1; 0 is recorded, neither was joined\n",
    );
    expect(labels("corporation,exited\nnobody,1\nnone,0\n")).toMatchObject({ status: 3, unmatched: 2 });
  });

  it("that are two in one row are refused if they differ", () => {
    const file = "corporation,exited,label\nacme,0,1\nacme,0,0\nacme,,0\n";
    expect(labels(file)).toMatchObject({ status: 3, rejected: 1, unchanged: 1, duplicates: 1 });
    expect(workspace.run(["labels", "-"], { input: file }).stderr).toContain(
      "first: line 2: the row has two labels, 0 in exited and 1 in label; set the label column with --label COLUMN",
    );
    expect(labels(file, "--label", "exited")).toMatchObject({ status: 0, without_label: 1, unchanged: 1 });
  });

  it("in a file that lacks a column, or where nothing was logged, say what to do", () => {
    const lacking = workspace.run(["labels", "-"], { input: "corporaton,exited\nacme,1\n" });
    expect([lacking.status, lacking.stderr]).toEqual([3, expect.stringContaining('did you mean "corporaton"?')]);
    const unlabelled = workspace.run(["labels", "-"], { input: "corporation,exitd\nacme,1\n" });
    expect([unlabelled.status, unlabelled.stderr]).toEqual([3, expect.stringContaining('did you mean "exitd"?')]);
    const fresh = sampleWorkspace().run(["labels", "-"], { input: "corporation,exited\nacme,1\n" });
    expect([fresh.status, fresh.stderr]).toEqual([4, expect.stringContaining("no predictions have been logged yet")]);
  });
});

describe("a logged prediction", () => {
  it("is listed with its label, and shown with its inputs", () => {
    const { total, predictions } = workspace.json<{ total: number; predictions: { label: unknown }[] }>(
      "predictions",
      "list",
      "--limit",
      "2",
    );
    expect([total, predictions.length]).toEqual([3, 2]);
    const { prediction } = workspace.json<{ prediction: { inputs: object } }>("predictions", "show", ids["hooli"]!);
    expect(prediction.inputs).toEqual({
      corporation: "hooli",
      lastmonth_activity: "50",
      lastyear_activity: "400",
      number_of_employees: "70",
    });
  });

  it("leads back to its run, its dataset and the raw files", () => {
    const { prediction, run, dataset } = workspace.json<{
      prediction: { prediction_id: string; run_id: string };
      run: { run_id: string };
      dataset: { files: { path: string }[] };
    }>("lineage", ids["initech"]!);
    expect(prediction.prediction_id).toBe(ids["initech"]);
    expect(run.run_id).toBe(prediction.run_id);
    expect(dataset.files.map(({ path }) => path)).toEqual(["practicedata/dataset1.csv", "practicedata/dataset2.csv"]);
    const unknown = workspace.run(["lineage", "f".repeat(27)]);
    expect([unknown.status, unknown.stderr]).toEqual([2, expect.stringContaining("there is no prediction")]);
  });
});

describe("apicalls", () => {
  it("calls every endpoint of the API, and keeps the deployed model's predictions for the test rows", async () => {
    const { path, calls, failed, run_id } = workspace.json<{
      path: string;
      calls: { path: string }[];
      failed: number;
      run_id: string;
    }>("apicalls");
    expect(failed).toBe(0);
    const returns = JSON.parse(workspace.read(path)) as Record<string, unknown>;
    expect(Object.keys(returns)).toEqual(["model_version", "predictions", "score", "summary", "diagnosis", "calls"]);
    expect(returns["model_version"]).toBe(run_id);
    const answers = workspace.ok("predict", "testdata/testdata.csv").trim().split("\n").slice(1);
    expect(returns["predictions"]).toEqual(answers.map((line) => Number(line.split(",").at(-2))));

    const { child, finished } = workspace.start("serve", "--port", "0", "--json");
    const line = await new Promise<string>((resolve) => child.stdout!.once("data", (data) => resolve(String(data))));
    const { url } = JSON.parse(line) as { url: string };
    const { paths } = (await (await fetch(`${url}/openapi.json`)).json()) as { paths: object };
    const called = new Set(calls.map(({ path: each }) => each.replace(/^\/models\/\w+\//, "/models/{version}/")));
    // Labels of test rows are none of real predictions.
    expect(Object.keys(paths).filter((each) => !called.has(each))).toEqual(["/labels"]);
    expect(workspace.json<{ failed: number }>("apicalls", "--url", url).failed).toBe(0);
    child.kill("SIGTERM");
    await finished;

    const nobody = workspace.run(["apicalls", "--url", url]);
    expect([nobody.status, nobody.stderr]).toEqual([1, expect.stringContaining(`no server responds at ${url}`)]);
  });
});
