/** The life of a model on the sample data, through bin/mlctl.js: what each step writes, says and leaves alone. */
import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import {
  sampleWorkspace,
  sha256,
  snapshot,
  temporaryFolder,
  type FullprocessJson,
  type LifecycleWorkspace,
} from "./lifecycleWorkspace.ts";

interface IngestJson {
  readonly status: string;
  readonly reason: string;
  readonly dataset: { readonly path: string; readonly rows: number; readonly sha256: string };
  readonly files: readonly { readonly path: string; readonly rows: number; readonly is_new: boolean }[];
  readonly rejected: readonly {
    readonly path: string;
    readonly line?: number;
    readonly reason: string;
    readonly copy: string;
  }[];
}

interface DeployJson {
  readonly status: string;
  readonly run_id: string;
  readonly previous_run_id: string | null;
  readonly reasons: readonly string[];
}

/** The header and the first rows of a sample file, changed row by row. */
function firstRows(text: string, count: number, change = (cells: string[]): string[] => cells): string {
  const [header, ...rows] = text.trim().split("\n");
  const changed = rows.slice(0, count).map((row) => change(row.split(",")).join(","));
  return `${[header, ...changed].join("\n")}\n`;
}

/** The hash of the newest file of its kind. */
function newest(workspace: LifecycleWorkspace, folder: string, pattern: RegExp): string {
  return sha256(workspace.read(`${folder}/${workspace.names(folder, pattern).at(-1)}`));
}

const stepsOf = ({ steps }: FullprocessJson): string[] => steps.map(({ name, status }) => `${name} ${status}`);

let first: FullprocessJson;
/** After one fullprocess on practicedata; tests work on copies of it. */
let deployed: LifecycleWorkspace;
beforeAll(() => {
  deployed = sampleWorkspace();
  first = deployed.json<FullprocessJson>("fullprocess");
});

describe("the first fullprocess", () => {
  it("reports what each step did", () => {
    expect(first.status).toBe("deployed");
    expect(stepsOf(first)).toEqual(
      ["ingest", "train", "score", "deploy", "report", "apicalls"].map((s) => `${s} done`),
    );
    const told = Object.fromEntries(first.steps.map(({ name, reason }) => [name, reason]));
    expect(told["ingest"]).toMatch(/^\d+ rows from 2 files, \d+ duplicates removed$/);
    expect(told["train"]).toMatch(/^3 models, best \w+$/);
    expect(told["score"]).toMatch(/^f1 0\.\d+ on 500 test rows$/);
    expect(told["deploy"]).toBe(`switched to ${first.run_id}`);
    expect(first.reasons).toEqual([
      "predictions are not constant",
      expect.stringMatching(/^f1 0\.\d+ beats the baseline's 0\.\d+$/),
      "no model was deployed before",
    ]);
  });

  it("leaves the dataset, the list of files, the model, the records, the figure, the report and its picture", () => {
    const stamp = "\\d{8}T\\d{9}Z";
    expect(deployed.names("ingesteddata")).toEqual([
      expect.stringMatching(new RegExp(`^dataset_${stamp}\\.json$`)),
      expect.stringMatching(new RegExp(`^finaldata_${stamp}\\.csv$`)),
      expect.stringMatching(new RegExp(`^ingestedfiles_${stamp}\\.txt$`)),
    ]);
    expect(deployed.names("models", /^run_/)).toHaveLength(3);
    const others = deployed.names("models").filter((name) => !name.startsWith("run_"));
    expect(others).toEqual([
      expect.stringMatching(new RegExp(`^apireturns_${stamp}\\.txt$`)),
      expect.stringMatching(new RegExp(`^confusionmatrix_${stamp}\\.png$`)),
      expect.stringMatching(new RegExp(`^latestscore_${stamp}\\.txt$`)),
      expect.stringMatching(new RegExp(`^report_${stamp}\\.html$`)),
      expect.stringMatching(new RegExp(`^trainedmodel_${stamp}\\.json$`)),
    ]);
    const read = (pattern: RegExp) => deployed.read(`models/${deployed.names("models", pattern)[0]}`);
    expect(Number(read(/^latestscore_/))).toBe(first.value);
    expect(read(/^report_.*html$/)).toMatch(/^<!doctype html>/i);
    const returns = JSON.parse(read(/^apireturns_/)) as object;
    expect(Object.keys(returns)).toEqual(expect.arrayContaining(["predictions", "score", "summary", "diagnosis"]));
    const list = deployed.names("ingesteddata", /^ingestedfiles_/)[0]!;
    expect(deployed.read(`ingesteddata/${list}`)).toBe("practicedata/dataset1.csv\npracticedata/dataset2.csv\n");
  });

  it("leaves a deployment whose copies are the trained bytes", () => {
    expect(deployed.names("production_deployment")).toEqual([
      "deployment.json",
      "ingestedfiles.txt",
      "latestscore.txt",
      "releases",
      "trainedmodel.json",
    ]);
    const copies = [
      [/^trainedmodel_/, "models", "trainedmodel.json"],
      [/^latestscore_/, "models", "latestscore.txt"],
      [/^ingestedfiles_/, "ingesteddata", "ingestedfiles.txt"],
    ] as const;
    for (const [pattern, folder, copy] of copies) {
      const original = deployed.read(`${folder}/${deployed.names(folder, pattern)[0]}`);
      expect(deployed.read(`production_deployment/${copy}`)).toBe(original);
    }
    const record = JSON.parse(deployed.read("production_deployment/deployment.json")) as { model: { sha256: string } };
    expect(record.model.sha256).toBe(sha256(deployed.read("production_deployment/trainedmodel.json")));
  });

  it("names no absolute path in any record", () => {
    const records = [
      ...deployed.names("models", /\.json$/).map((name) => `models/${name}`),
      ...deployed.names("ingesteddata", /\.json$/).map((name) => `ingesteddata/${name}`),
      "production_deployment/deployment.json",
    ];
    expect(records).toHaveLength(6);
    for (const record of records) expect(deployed.read(record), record).not.toContain(deployed.folder);
  });
});

describe("with nothing new", () => {
  it("says so, exits 0 and writes nothing at all", () => {
    const before = snapshot(deployed.folder);
    expect(deployed.json("fullprocess")).toMatchObject({ status: "nothing_new", steps: [], run_id: first.run_id });
    const { status, stdout, stderr } = deployed.run(["fullprocess"]);
    expect([status, stdout]).toEqual([0, ""]);
    expect(stderr).toMatch(/^nothing new: no new or changed files, and the newest model has already been evaluated\n/);
    expect(snapshot(deployed.folder)).toEqual(before);
  });

  it("commands that only look write nothing", () => {
    const before = snapshot(deployed.folder);
    const looks = ["runs list", "runs show latest", "models list", "models show", "lineage", "at 2100-01-01", "verify"];
    const more = [
      "doctor",
      "diagnose --offline",
      "deploy --dry-run",
      "ingest --dry-run",
      "fullprocess --dry-run --force",
    ];
    for (const line of [...looks, ...more]) deployed.ok(...line.split(" "));
    deployed.ok("predict", "testdata/testdata.csv");
    expect(snapshot(deployed.folder)).toEqual(before);
  });

  it("a renamed input file is not new", () => {
    const workspace = deployed.copy();
    const path = (name: string): string => join(workspace.folder, "practicedata", name);
    renameSync(path("dataset1.csv"), path("renamed.csv"));
    expect(workspace.json("fullprocess")).toMatchObject({ status: "nothing_new" });
  });

  it("a new file that brings only known rows is recorded, but no model is trained on them again", () => {
    const workspace = deployed.copy();
    workspace.write({ "practicedata/later/again.csv": firstRows(workspace.read("practicedata/dataset1.csv"), 50) });
    const kept = workspace.json<FullprocessJson>("fullprocess");
    expect(kept).toMatchObject({ status: "kept", run_id: first.run_id });
    expect(kept.reason).toContain("no new rows");
    expect(stepsOf(kept)).toEqual(["ingest done", "train skipped"]);
    expect(workspace.names("models")).toEqual(deployed.names("models"));
    expect(workspace.json("fullprocess")).toMatchObject({ status: "nothing_new" });
  });
});

describe("with something new", () => {
  it("a changed file is new: the whole chain runs, and a model that is no better is kept out, once", () => {
    const workspace = deployed.copy();
    const [header, , ...rows] = workspace.read("practicedata/dataset2.csv").trim().split("\n");
    workspace.write({ "practicedata/dataset2.csv": `${[header, ...rows].join("\n")}\n` });
    const dry = workspace.json<FullprocessJson>("fullprocess", "--dry-run");
    expect(dry).toMatchObject({ dry_run: true, reason: "1 new or changed file" });
    expect(stepsOf(dry)).toContain("train would_run");
    const again = workspace.json<FullprocessJson>("fullprocess");
    expect(again.reason).toBe("1 new or changed file");
    expect(stepsOf(again)).toContain("train done");
    expect(workspace.names("models", /^trainedmodel_/)).toHaveLength(2);
    const last = again.reasons.at(-1)!;
    expect(last).toMatch(/against the champion's 0\.\d+ on the same 500 rows: (not )?better \(95 % interval/);
    expect(again.status).toBe(last.includes("not better") ? "kept" : "deployed");
    expect(workspace.json("fullprocess")).toMatchObject({ status: "nothing_new" });
  });

  it("new files are added to the rows of earlier ones, also of one that vanished", () => {
    const workspace = deployed.copy();
    const before = workspace.json<IngestJson>("ingest").dataset.rows;
    const text = workspace.read("practicedata/dataset1.csv");
    workspace.write({
      "practicedata/dataset1.csv": null,
      "practicedata/dataset3.csv": firstRows(text, 20, ([name, ...rest]) => [`new${name}`, ...rest]),
    });
    const result = workspace.json<IngestJson>("ingest");
    expect(result).toMatchObject({ status: "ingested", dataset: { rows: before + 20 } });
    expect(result.files.map(({ path, is_new }) => [path, is_new])).toEqual([
      ["practicedata/dataset1.csv", false],
      ["practicedata/dataset2.csv", false],
      ["practicedata/dataset3.csv", true],
    ]);
    expect(workspace.json("ingest")).toMatchObject({ status: "nothing_new" });
  });

  it("without accumulate the rows of a vanished file go with it", () => {
    const workspace = deployed.copy();
    workspace.configure({ ingest: { dedupe: "first", accumulate: false } });
    workspace.write({ "practicedata/dataset1.csv": null });
    const alone = workspace.read("practicedata/dataset2.csv").trim().split("\n").length - 1;
    const result = workspace.json<IngestJson>("ingest");
    expect(result.reason).toBe("1 earlier file was removed");
    expect(result.dataset.rows).toBeLessThanOrEqual(alone);
    expect(result.files.map(({ path }) => path)).toEqual(["practicedata/dataset2.csv"]);
  });

  it("a file that cannot be read is rejected with its line and reason, the others are read, and it is reported until it is gone", () => {
    const workspace = deployed.copy();
    const text = workspace.read("practicedata/dataset1.csv");
    const good = firstRows(text, 5, ([name, ...rest]) => [`good${name}`, ...rest]);
    workspace.write({
      "practicedata/bad.csv": `${firstRows(text, 3)}ragged,1,2,3,1,7,8\n`,
      "practicedata/good.csv": good,
    });
    const result = workspace.json<IngestJson>("ingest");
    expect(result.rejected).toMatchObject([{ path: "practicedata/bad.csv", line: 5 }]);
    const { copy, reason } = result.rejected[0]!;
    expect(workspace.read(copy)).toBe(workspace.read("practicedata/bad.csv"));
    expect(workspace.read(`${copy}.reason.txt`)).toBe(`practicedata/bad.csv, ${reason}\n`);
    expect(result.files.filter(({ is_new: isNew }) => isNew)).toMatchObject([
      { path: "practicedata/good.csv", rows: 5 },
    ]);
    expect(workspace.json("ingest")).toMatchObject({ status: "nothing_new" });
    for (const command of ["ingest", "fullprocess"])
      expect(workspace.run([command]).stderr).toContain(`warning: practicedata/bad.csv was rejected, ${reason}`);
    rmSync(join(workspace.folder, "practicedata/bad.csv"));
    expect(workspace.run(["fullprocess"]).stderr).not.toContain("was rejected");
  });

  it("another input folder is another dataset; drift is reported; only a model that is better on the same rows is promoted", () => {
    const workspace = deployed.copy();
    const environment = { MLCTL_INPUT_FOLDER_PATH: "sourcedata" };
    const { status, stdout, stderr } = workspace.run(["fullprocess", "--json"], { environment });
    expect([status, stderr.includes("error")]).toEqual([0, false]);
    const result = JSON.parse(stdout) as FullprocessJson;
    expect(result.steps.find(({ name }) => name === "drift")!.reason).toMatch(
      /^\d of \d columns drifted since the deployed model was trained: /,
    );
    const datasets = workspace.names("ingesteddata", /^dataset_/).map((name) => workspace.read(`ingesteddata/${name}`));
    const files = datasets.map((text) =>
      (JSON.parse(text) as { files: { path: string }[] }).files.map(({ path }) => path),
    );
    expect(files).toEqual([
      ["practicedata/dataset1.csv", "practicedata/dataset2.csv"],
      ["sourcedata/dataset3.csv", "sourcedata/dataset4.csv"],
    ]);
    const better = result.value! > first.value!;
    expect(result.status).toBe(better ? "deployed" : "kept");
    expect(result.reasons.join("\n")).toMatch(better ? /rows: better/ : /rows: not better/);
    const again = workspace.run(["fullprocess", "--json"], { environment });
    expect(JSON.parse(again.stdout)).toMatchObject({ status: "nothing_new" });
    // Back to practicedata: its model was judged long ago.
    expect(workspace.json("fullprocess")).toMatchObject({ status: "nothing_new", run_id: first.run_id });
  });
});

describe("deploy", () => {
  /** A second model, forced into production. */
  let second: string;
  let workspace: LifecycleWorkspace;
  const champion = () => workspace.json<{ runs: unknown; production: string }>("runs", "list").production;
  beforeAll(() => {
    workspace = deployed.copy();
    second = workspace.json<{ run_id: string }>("train", "--seed", "7").run_id;
  });

  it("--dry-run writes nothing and prints the verdict", () => {
    const before = snapshot(workspace.folder);
    const dry = workspace.json<DeployJson>("deploy", "--force", "--dry-run");
    expect(dry).toMatchObject({ status: "deployed", dry_run: true, run_id: second, previous_run_id: first.run_id });
    expect(snapshot(workspace.folder)).toEqual(before);
  });

  it("--force switches, --rollback goes back, again there is nothing to go back to", () => {
    expect(workspace.json<DeployJson>("deploy", "--force")).toMatchObject({ status: "deployed", run_id: second });
    expect(champion()).toBe(second);
    const back = workspace.json<DeployJson>("deploy", "--rollback");
    expect(back).toMatchObject({ status: "rolled_back", run_id: first.run_id, previous_run_id: second });
    expect(champion()).toBe(first.run_id);
    expect(workspace.read("production_deployment/trainedmodel.json")).toBe(
      deployed.read("production_deployment/trainedmodel.json"),
    );
    const before = snapshot(join(workspace.folder, "production_deployment"));
    const { status, stdout, stderr } = workspace.run(["deploy", "--rollback"]);
    expect([status, stdout]).toEqual([4, ""]);
    expect(stderr).toMatch(/^error: there is no deployment before that of run \w+\nhint: /);
    expect(snapshot(join(workspace.folder, "production_deployment"))).toEqual(before);
    // What was rolled back from can be deployed again, and that undone again.
    expect(workspace.json("deploy", "v2", "--force")).toMatchObject({ run_id: second });
    expect(workspace.json("deploy", "--rollback")).toMatchObject({ run_id: first.run_id });
  });

  it("a model that was rolled back from is not deployed again by the next fullprocess", () => {
    const early = sampleWorkspace();
    const paths = ["practicedata/dataset1.csv", "practicedata/dataset2.csv"];
    const complete = Object.fromEntries(paths.map((path) => [path, early.read(path)]));
    for (const path of paths) early.write({ [path]: firstRows(complete[path]!, 39) });
    const few = early.json<FullprocessJson>("fullprocess");
    // 78 rows reach F1 0.78 on the test rows, 1,800 rows 0.84.
    early.write(complete);
    expect(early.json("fullprocess")).toMatchObject({ status: "deployed" });
    expect(early.json("deploy", "--rollback")).toMatchObject({ run_id: few.run_id });
    expect(early.json("fullprocess")).toMatchObject({ status: "nothing_new" });
    // Nor by a deploy that does not name it.
    const { status, reasons } = early.json<DeployJson>("deploy");
    expect(status).toBe("kept");
    expect(reasons.join()).toMatch(
      /^production was rolled back from it at .*: `mlctl deploy \w+ --force` deploys it again$/,
    );
  });

  it("of the deployed model keeps it and says why", () => {
    expect(workspace.json<DeployJson>("deploy", "@champion")).toMatchObject({
      status: "kept",
      reasons: ["it is already deployed"],
    });
  });
});

describe("score --fail-under", () => {
  it.each([
    ["0.1", 0],
    ["0.999", 10],
  ])("%s exits %i, with the result on stdout", (limit, exitCode) => {
    const { status, stdout } = deployed.copy().run(["score", "--json", "--fail-under", limit]);
    expect(status).toBe(exitCode);
    expect(JSON.parse(stdout)).toMatchObject({ metric: "f1", value: first.value });
  });

  it("compares the other way round where less is better", () => {
    const workspace = deployed.copy();
    const score = (limit: string) =>
      workspace.run(["score", "--fail-under", limit], { environment: { MLCTL_TRAIN_METRIC: "log_loss" } });
    expect(score("0.01").status).toBe(10);
    expect(score("0.99").status).toBe(0);
  });

  it("never passes a metric that is undefined: ROC AUC of rows of one class", () => {
    const workspace = deployed.copy();
    const [header, ...rows] = workspace.read("testdata/testdata.csv").trim().split("\n");
    workspace.write({
      "testdata/testdata.csv": `${[header, ...rows.filter((row) => row.endsWith(",1"))].join("\n")}\n`,
    });
    const options = { environment: { MLCTL_TRAIN_METRIC: "roc_auc" } };
    const { status, stdout, stderr } = workspace.run(["score", "--json", "--fail-under", "-1000"], options);
    expect(status, stderr).toBe(10);
    expect(JSON.parse(stdout)).toMatchObject({ metric: "roc_auc", value: null, interval: null });
  });
});

describe("the same data, configuration and seed", () => {
  it("give the same bytes of data and model elsewhere and later; another seed gives others", () => {
    const elsewhere = sampleWorkspace();
    elsewhere.ok("ingest");
    elsewhere.ok("train");
    for (const [folder, pattern] of [
      ["ingesteddata", /^finaldata_/],
      ["models", /^trainedmodel_/],
    ] as const)
      expect(newest(elsewhere, folder, pattern), folder).toBe(newest(deployed, folder, pattern));
    elsewhere.ok("train", "--seed", "43");
    expect(newest(elsewhere, "models", /^trainedmodel_/)).not.toBe(newest(deployed, "models", /^trainedmodel_/));
  });
});

describe("the store", () => {
  const questions = ["runs list", "models list", "lineage", "at 2100-01-01"];
  const answers = (workspace: LifecycleWorkspace): string[] =>
    // What is still to come is asked of now, which is another each time.
    questions.map((line) => workspace.ok(...line.split(" "), "--json").replace(/^\{"at":"[^"]+"/, "{"));

  it("is rebuilt from the folders with the same contents, by reindex or by the next command", () => {
    const workspace = deployed.copy();
    workspace.ok("models", "alias", "staging", "latest");
    workspace.ok("train", "--seed", "7");
    workspace.ok("deploy", "--force");
    workspace.ok("deploy", "--rollback");
    const before = answers(workspace);
    for (const name of workspace.names(".", /^mlctl\.db/)) rmSync(join(workspace.folder, name));
    expect(answers(workspace)).toEqual(before);
    workspace.ok("reindex");
    expect(existsSync(join(workspace.folder, "mlctl.db"))).toBe(true);
    expect(answers(workspace)).toEqual(before);
  });

  it("a workspace under another path verifies, predicts the same and can be used", () => {
    const moved = deployed.copy();
    expect(answers(moved)).toEqual(answers(deployed));
    expect(moved.run(["verify"])).toMatchObject({ status: 0 });
    const rows = firstRows(deployed.read("testdata/testdata.csv"), 100);
    const predict = (workspace: LifecycleWorkspace) => workspace.run(["predict", "-"], { input: rows });
    expect(predict(moved)).toMatchObject({ status: 0, stdout: predict(deployed).stdout });
    expect(moved.json("fullprocess")).toMatchObject({ status: "nothing_new" });
  });
});

describe("looking back", () => {
  it("`at` knows what was in production before and after a deployment", () => {
    const record = JSON.parse(deployed.read("production_deployment/deployment.json")) as { deployedAt: string };
    const instant = record.deployedAt;
    const earlier = new Date(new Date(instant).getTime() - 1).toISOString();
    expect(deployed.json("at", earlier)).toMatchObject({ deployment: null, run: null, dataset: null });
    expect(deployed.json("at", instant)).toMatchObject({ deployment: { run_id: first.run_id } });
    expect(deployed.run(["at", "2020-01-01"]).stderr).toMatch(
      /^nothing was in production at 2020-01-01T23:59:59\.999Z\n/,
    );
    expect(deployed.run(["at", "yesterday-ish"]).status).toBe(2);
  });

  it("`lineage` leads from the deployment to the raw files and their hashes", () => {
    interface Lineage {
      readonly run: { readonly run_id: string; readonly model: { readonly sha256: string } };
      readonly dataset: {
        readonly artifact: { readonly path: string; readonly sha256: string };
        readonly files: readonly { readonly path: string; readonly sha256: string }[];
      };
      readonly deployments: readonly { readonly model: { readonly sha256: string } }[];
    }
    const { run, dataset, deployments } = deployed.json<Lineage>("lineage", "@champion");
    const hash = (path: string): string => sha256(readFileSync(join(deployed.folder, path)));
    expect(run.run_id).toBe(first.run_id);
    expect(deployments.map(({ model }) => model.sha256)).toEqual([run.model.sha256]);
    expect(dataset.artifact.sha256).toBe(hash(dataset.artifact.path));
    expect(dataset.files.map(({ path, sha256: recorded }) => [path, recorded])).toEqual(
      ["practicedata/dataset1.csv", "practicedata/dataset2.csv"].map((path) => [path, hash(path)]),
    );
    // The version, a prefix of the run and the number of the deployment lead to the same run.
    for (const reference of ["v1", first.run_id!.slice(0, 6), "latest", "d1"])
      expect(deployed.json<Lineage>("lineage", reference).run.run_id, reference).toBe(first.run_id);
  });

  it("`models alias` names a model for every command, and takes the name away", () => {
    const workspace = deployed.copy();
    expect(workspace.json("models", "alias", "staging", "v1")).toMatchObject({ name: "staging", run_id: first.run_id });
    expect(workspace.json("models", "list")).toMatchObject({ models: [{ aliases: ["champion", "staging"] }] });
    expect(workspace.json("runs", "show", "@staging")).toMatchObject({ run: { run_id: first.run_id } });
    workspace.ok("models", "alias", "staging", "--delete");
    expect(workspace.run(["runs", "show", "@staging"]).status).not.toBe(0);
    expect(workspace.run(["models", "alias", "champion", "v1"]).status).toBe(2);
  });

  it("`runs list` comes as CSV and as Markdown with the same rows", () => {
    const csv = deployed.ok("runs", "list", "--csv").trim().split("\r\n");
    const md = deployed.ok("runs", "list", "--md").trim().split("\n");
    expect(csv[0]).toMatch(/^run,created,family,/);
    expect(csv).toHaveLength(4);
    expect(md).toHaveLength(5);
    expect(md[0]).toBe(`| ${csv[0]!.split(",").join(" | ")} |`);
    expect(md[2]!.split("|")[1]!.trim()).toBe(csv[1]!.split(",")[0]);
    expect(deployed.ok("runs", "list", "--limit", "1", "--csv").trim().split("\r\n")).toHaveLength(2);
  });

  it("`verify` names a changed byte and a missing file, and exits 3", () => {
    const workspace = deployed.copy();
    expect(workspace.run(["verify"])).toMatchObject({ status: 0, stdout: "" });
    const data = `ingesteddata/${workspace.names("ingesteddata", /^finaldata_/)[0]}`;
    const model = `models/${workspace.names("models", /^trainedmodel_/)[0]}`;
    workspace.write({ [data]: workspace.read(data).replace("1", "2"), [model]: null });
    const { status, stdout } = workspace.run(["verify"]);
    expect(status).toBe(3);
    for (const path of [data, model]) expect(stdout).toContain(path);
    // What is deployed has its own copy and still answers.
    const rows = firstRows(deployed.read("testdata/testdata.csv"), 3);
    expect(workspace.run(["predict"], { input: rows }).status).toBe(0);
  });
});

it("a workspace of several configurations needs no config.json in the current directory", () => {
  const elsewhere = temporaryFolder();
  const config = join(deployed.folder, "config.json");
  expect(deployed.run(["fullprocess", "-c", config, "--json"], { cwd: elsewhere }).stdout).toContain("nothing_new");
  expect(deployed.run(["runs", "list"], { cwd: elsewhere }).status).toBe(4);
  // With -C, paths are those of that folder.
  const { status, stdout } = deployed.run(["-C", deployed.folder, "predict", "testdata/testdata.csv"], {
    cwd: elsewhere,
  });
  expect([status, stdout.split("\n").length]).toEqual([0, 502]);
  expect(snapshot(elsewhere)).toEqual({ "": snapshot(elsewhere)[""] });
});
