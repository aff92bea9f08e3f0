/** A fullprocess that is killed at any instant, and several at once: the workspace is never left half done. */
import { beforeAll, describe, expect, it } from "vitest";
import { random } from "../core/random.ts";
import {
  sampleWorkspace,
  sha256,
  type Finished,
  type FullprocessJson,
  type LifecycleWorkspace,
} from "./lifecycleWorkspace.ts";

interface DoctorJson {
  readonly findings: readonly { readonly name: string; readonly status: string; readonly message: string }[];
}

interface LineageJson {
  readonly run: { readonly run_id: string };
  readonly dataset: { readonly rows: number };
}

/** Linear models on a tenth of the sample: a second a run, so that many can be killed. */
const quick = { models: [{ family: "baseline" }, { family: "logistic_regression" }], metric: "f1", seed: 42 };

/** Deployed on practicedata, with a file of more rows waiting there. */
let waiting: LifecycleWorkspace;
let rows: number;
let oldRun: string;
let question: string;
beforeAll(() => {
  waiting = sampleWorkspace();
  // A model of other data is deployed whatever it is worth: a kill can come before the switch or after it.
  waiting.configure({ train: quick, promotion: { beat_baseline: false } });
  for (const path of ["practicedata/dataset1.csv", "practicedata/dataset2.csv", "testdata/testdata.csv"])
    waiting.write({ [path]: `${waiting.read(path).split("\n").slice(0, 151).join("\n")}\n` });
  oldRun = waiting.json<FullprocessJson>("fullprocess").run_id!;
  rows = waiting.json<LineageJson>("lineage").dataset.rows;
  waiting.write({ "practicedata/more.csv": moreRows(waiting.read("practicedata/dataset1.csv")) });
  question = waiting.read("testdata/testdata.csv").split("\n").slice(0, 50).join("\n");
});

/** 100 rows that contradict the others a little, so that the new model differs. */
function moreRows(csv: string): string {
  const [header, ...lines] = csv.trim().split("\n");
  const { uniform } = random(3);
  const changed = lines.slice(0, 100).map((line) => `new${line.slice(0, -1)}${uniform() < 0.6 ? 1 : 0}`);
  return `${[header, ...changed].join("\n")}\n`;
}

const failures = (workspace: LifecycleWorkspace) =>
  workspace.json<DoctorJson>("doctor").findings.filter(({ status }) => status === "fail");

describe("fullprocess killed", () => {
  it("at fifteen random instants: sound, the old model or the new one answers, and the next run finishes the work", async () => {
    const reference = waiting.copy();
    const start = performance.now();
    const done = reference.json<FullprocessJson>("fullprocess");
    const duration = performance.now() - start;
    expect(done.steps.map(({ name }) => name)).toContain("train");
    const { uniform } = random(15);
    let killed = 0;
    const found = new Set<string>();
    for (let round = 0; round < 15; round++) {
      const workspace = waiting.copy();
      const { child, finished } = workspace.start("fullprocess");
      const delay = duration * (0.2 + (0.8 * (round + uniform())) / 15);
      const timer = setTimeout(() => child.kill("SIGKILL"), delay);
      const { status } = await finished;
      clearTimeout(timer);
      if (status === null) killed++;
      expect(failures(workspace), `killed after ${delay} ms`).toEqual([]);
      expect(workspace.run(["predict"], { input: question }).status, `killed after ${delay} ms`).toBe(0);
      const { status: then, steps } = workspace.json<FullprocessJson>("fullprocess");
      found.add(`${then} ${steps.filter((step) => step.status === "done").length}`);
      const dataset = workspace.read(`ingesteddata/${workspace.names("ingesteddata", /^finaldata_/).at(-1)}`);
      expect(dataset.trim().split("\n")).toHaveLength(1 + rows + 100);
      expect(workspace.names("models", /tmp/).concat(workspace.names("ingesteddata", /tmp/))).toEqual([]);
      if (round % 5 === 0) expect(workspace.json("fullprocess")).toMatchObject({ status: "nothing_new" });
    }
    // Else nothing was tried: most were killed, and at different stages.
    expect(killed).toBeGreaterThan(7);
    expect(found.size).toBeGreaterThan(1);
  }, 120_000);

  it("while it trains for the first time: nothing is deployed, and the next run does all", async () => {
    const fresh = sampleWorkspace();
    const { child, finished } = fresh.start("fullprocess");
    child.stderr!.on("data", (chunk: Buffer) => {
      if (chunk.toString().includes("train:")) child.kill("SIGKILL");
    });
    expect((await finished).status).toBe(null);
    expect(failures(fresh)).toEqual([]);
    expect(fresh.run(["predict"], { input: question }).status).toBe(4);
    expect(fresh.json("fullprocess")).toMatchObject({ status: "deployed" });
  });

  it("by Ctrl-C it stops cleanly with 130 and says so", async () => {
    const workspace = waiting.copy();
    const { child, finished } = workspace.start("fullprocess");
    child.stderr!.once("data", () => child.kill("SIGINT"));
    const { status, stdout, stderr } = await finished;
    expect([status, stdout]).toEqual([130, ""]);
    expect(stderr).toContain(
      "error: stopped by Ctrl-C\nhint: what was done stays and is whole; run it again to go on\n",
    );
    expect(workspace.names("ingesteddata", /tmp/)).toEqual([]);
    expect(workspace.names(".", /\.lock\./)).toEqual([]);
    expect(failures(workspace)).toEqual([]);
    expect(workspace.json<LineageJson>("lineage", "@champion").run.run_id).toBe(oldRun);
  });
});

describe("four at once", () => {
  const start = (workspace: LifecycleWorkspace, ...args: string[]): Promise<Finished[]> =>
    Promise.all([1, 2, 3, 4].map(() => workspace.start("fullprocess", "--json", ...args).finished));
  const state = (workspace: LifecycleWorkspace): string[] => [
    sha256(workspace.read(`ingesteddata/${workspace.names("ingesteddata", /^finaldata_/).at(-1)}`)),
    sha256(workspace.read(`models/${workspace.names("models", /^trainedmodel_/).at(-1)}`)),
    sha256(workspace.read("production_deployment/trainedmodel.json")),
    ...["ingesteddata", "models", "production_deployment"].map((folder) => `${workspace.names(folder).length}`),
  ];
  let alone: LifecycleWorkspace;
  beforeAll(() => {
    alone = waiting.copy();
    alone.ok("fullprocess");
  });

  it("one works, the others say who does and exit 75; the result is that of one", async () => {
    const workspace = waiting.copy();
    const all = await start(workspace);
    const busy = all.filter(({ status }) => status === 75);
    expect(all.filter(({ status }) => status === 0).length + busy.length).toBe(4);
    expect(busy.length).toBeGreaterThan(0);
    for (const { stdout, stderr } of busy) {
      expect(stdout).toBe("");
      expect(stderr).toMatch(
        /^error: the workspace is in use: another mlctl(?: \(pid \d+, `mlctl fullprocess`, since .*\))? is/,
      );
      expect(stderr).toMatch(/\nhint: .*--wait/);
    }
    expect(state(workspace)).toEqual(state(alone));
  });

  it("with --wait all succeed, one does the work and the others find nothing new", async () => {
    const workspace = waiting.copy();
    const all = await start(workspace, "--wait", "1m");
    expect(all.map(({ status }) => status)).toEqual([0, 0, 0, 0]);
    const statuses = all.map(({ stdout }) => (JSON.parse(stdout) as FullprocessJson).status).toSorted();
    expect(statuses.filter((status) => status === "nothing_new")).toHaveLength(3);
    expect(state(workspace)).toEqual(state(alone));
    expect(failures(workspace)).toEqual([]);
  });

  it("readers are never held up", async () => {
    const workspace = waiting.copy();
    const { finished } = workspace.start("fullprocess");
    const answers = [];
    for (let i = 0; i < 3; i++) answers.push(workspace.start("predict", "testdata/testdata.csv").finished);
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([0, 0, 0]);
    expect((await finished).status).toBe(0);
  });
});
