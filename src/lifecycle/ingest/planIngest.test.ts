import { symlinkSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../core/json.ts";
import { exampleConfig, exampleCsv, exampleWorkspace, type ExampleWorkspace } from "../../testing/exampleWorkspace.ts";
import { ingest } from "./ingest.ts";
import { planIngest, type IngestPlan } from "./planIngest.ts";

const [a, b, c] = [exampleCsv(1, 20), exampleCsv(2, 30), exampleCsv(3, 40)];

/** Two files ingested: a (20 rows) and b (30 rows). */
async function ingested(config: JsonObject = exampleConfig): Promise<ExampleWorkspace> {
  const example = await exampleWorkspace(config, { "practicedata/a.csv": a, "practicedata/b.csv": b });
  await example.change((session) => ingest(session));
  return example;
}

function planOf(example: ExampleWorkspace, force = false, inputs: readonly string[] = []): Promise<IngestPlan> {
  return example.look((session) => planIngest(session, inputs, force));
}

const names = (files: readonly { readonly path: string }[]): string[] => files.map(({ path }) => path);

describe("the first ingestion", () => {
  it("reads all files at any depth", async () => {
    const example = await exampleWorkspace(exampleConfig, { "practicedata/a.csv": a, "practicedata/x/y/b.csv": b });
    const plan = await planOf(example);
    expect(plan).toMatchObject({ status: "ingest", reason: "no earlier dataset for this input folder", base: null });
    expect(names(plan.read)).toEqual(["practicedata/a.csv", "practicedata/x/y/b.csv"]);
    expect(example.list(".")).toEqual(["config.json", "practicedata"]);
  });

  it("names the folder if it has no data files", async () => {
    const example = await exampleWorkspace(exampleConfig);
    await expect(planOf(example)).rejects.toMatchObject({
      kind: "notReady",
      message: "practicedata does not exist",
    });
    example.write({ "practicedata/.gitkeep": "" });
    expect(await planOf(example)).toMatchObject({ status: "nothing_new", reason: "practicedata is empty", read: [] });
    example.write({ "practicedata/readme.md": "no data" });
    await expect(planOf(example)).rejects.toMatchObject({
      kind: "notReady",
      message: expect.stringContaining("practicedata has no file that matches"),
    });
  });
});

describe("after an ingestion", () => {
  it("finds nothing new if nothing changed, or if files were only renamed or moved", async () => {
    const example = await ingested();
    expect(await planOf(example)).toMatchObject({ status: "nothing_new", reason: "no new or changed files", read: [] });
    example.write({ "practicedata/a.csv": null, "practicedata/deep/renamed.csv": a, "practicedata/copy.csv": b });
    expect(await planOf(example)).toMatchObject({ status: "nothing_new", fresh: [] });
  });

  it("reads all files again if there is a new file", async () => {
    const example = await ingested();
    example.write({ "practicedata/c.csv": c });
    const plan = await planOf(example);
    expect(plan).toMatchObject({ status: "ingest", reason: "1 new or changed file", base: null, warnings: [] });
    expect(names(plan.fresh)).toEqual(["practicedata/c.csv"]);
    expect(plan.read).toHaveLength(3);
    const { dataset } = await example.change((session) => ingest(session));
    expect(dataset?.rows).toBe(20 + 30 + 40);
  });

  it("treats a changed file as new, and drops the rows of its earlier version", async () => {
    const example = await ingested();
    example.write({ "practicedata/b.csv": c });
    const plan = await planOf(example);
    expect(names(plan.fresh)).toEqual(["practicedata/b.csv"]);
    expect(plan).toMatchObject({ base: null, warnings: [] });
    const { dataset } = await example.change((session) => ingest(session));
    expect(dataset?.rows).toBe(20 + 40);
  });

  it("does not retry an unreadable file until it changes", async () => {
    const example = await ingested();
    example.write({ "practicedata/bad.csv": "x,z\n1,2\n3\n" });
    const { rejected } = await example.change((session) => ingest(session));
    expect(names(rejected)).toEqual(["practicedata/bad.csv"]);
    expect(await planOf(example)).toMatchObject({ status: "nothing_new" });
    example.write({ "practicedata/bad.csv": c });
    expect(await planOf(example)).toMatchObject({ status: "ingest", reason: "1 new or changed file" });
  });

  it("reads if forced, even if nothing is new", async () => {
    const example = await ingested();
    const plan = await planOf(example, true);
    expect(plan).toMatchObject({ status: "ingest", reason: "forced", fresh: [] });
    expect(plan.read).toHaveLength(2);
  });
});

describe("removed files", () => {
  it("keep their rows through the previous dataset", async () => {
    const example = await ingested();
    example.write({ "practicedata/a.csv": null });
    expect(await planOf(example)).toMatchObject({ status: "nothing_new" });
    example.write({ "practicedata/c.csv": c });
    const plan = await planOf(example);
    expect(names(plan.read)).toEqual(["practicedata/c.csv"]);
    expect(plan).toMatchObject({ base: { rows: 50 }, warnings: [] });
    const { dataset } = await example.change((session) => ingest(session));
    expect(dataset?.rows).toBe(50 + 40);
    expect(await planOf(example)).toMatchObject({ status: "nothing_new" });
  });

  it("do not make mlctl retry an unreadable file, nor let it block later files", async () => {
    const bad = 'x,z\n1,"2\n3,4\n';
    const example = await ingested();
    const ingestion = (inputs: readonly string[] = []) => example.change((session) => ingest(session, { inputs }));
    example.write({ "practicedata/bad.csv": bad });
    await ingestion();
    example.write({ "practicedata/a.csv": null, "practicedata/c.csv": c });
    expect(await ingestion()).toMatchObject({ status: "ingested", dataset: { rows: 20 + 30 + 40 } });
    expect(await planOf(example)).toMatchObject({ status: "nothing_new" });
    // Only a second bad file is new: its rejection is recorded and the earlier rows are kept.
    example.write({ "more/worse.csv": bad.replace("1", "7") });
    const third = await ingestion([`${example.folder}/more/worse.csv`]);
    expect(third).toMatchObject({ status: "ingested", dataset: { rows: 20 + 30 + 40 } });
    expect(names(third.rejected)).toEqual(["practicedata/bad.csv", "more/worse.csv"]);
    expect(await planOf(example)).toMatchObject({ status: "nothing_new" });
    // A removed file is forgotten; one that became readable is read.
    example.write({ "practicedata/bad.csv": exampleCsv(4, 10), "more/worse.csv": null });
    const fourth = await ingestion();
    expect([fourth.dataset?.rows, fourth.rejected]).toEqual([20 + 30 + 40 + 10, []]);
  });

  it("cause a warning that rows of earlier versions of other files are kept too", async () => {
    const example = await ingested();
    example.write({ "practicedata/a.csv": null, "practicedata/b.csv": c });
    const { warnings, base } = await planOf(example);
    expect(base).not.toBeNull();
    expect(warnings).toEqual([
      '1 earlier file was removed, so rows of earlier versions of practicedata/b.csv are kept too; "ingest": { "dedupe": "first" } removes those that come twice',
    ]);
  });

  it("lose their rows if data does not accumulate", async () => {
    const example = await ingested({ ...exampleConfig, ingest: { accumulate: false } });
    example.write({ "practicedata/a.csv": null });
    const plan = await planOf(example);
    expect(plan).toMatchObject({ status: "ingest", reason: "1 earlier file was removed", base: null });
    const { dataset } = await example.change((session) => ingest(session));
    expect(dataset?.rows).toBe(30);
    expect(await planOf(example)).toMatchObject({ status: "nothing_new" });
  });

  it.each<JsonObject>([{ accumulate: false }, { where: "x > 0" }])(
    "cause an error once all are gone, and leave the previous dataset unchanged, under %j",
    async (settings) => {
      const example = await ingested();
      const before = example.list("ingesteddata");
      example.write({ "practicedata/a.csv": null, "practicedata/b.csv": null });
      await example.configure({ ...exampleConfig, ingest: settings });
      await expect(example.change((session) => ingest(session))).rejects.toMatchObject({
        kind: "notReady",
        message: expect.stringContaining("practicedata has no file that matches"),
      });
      expect(example.list("ingesteddata")).toEqual(before);
    },
  );
});

describe("changed settings", () => {
  it("write no file if no rows are left", async () => {
    const example = await ingested();
    const before = example.list("ingesteddata");
    await example.configure({ ...exampleConfig, ingest: { where: "1 = 0" } });
    await expect(example.change((session) => ingest(session))).rejects.toMatchObject({ message: "no rows are left" });
    expect(example.list("ingesteddata")).toEqual(before);
  });

  it("cause all files to be read again", async () => {
    const example = await ingested();
    await example.configure({ ...exampleConfig, ingest: { where: "x > 0" } });
    const plan = await planOf(example);
    expect(plan).toMatchObject({ status: "ingest", reason: "the ingest settings changed", fresh: [], base: null });
    expect(plan.read).toHaveLength(2);
  });

  it("do not matter if they do not affect the rows", async () => {
    const example = await ingested();
    await example.configure({ ...exampleConfig, train: { seed: 7 }, ingest: { expect: { min_rows: 5 } } });
    expect(await planOf(example)).toMatchObject({ status: "nothing_new" });
  });

  it("cannot be applied to removed files, which causes a warning", async () => {
    const example = await ingested();
    example.write({ "practicedata/a.csv": null });
    await example.configure({ ...exampleConfig, ingest: { types: { note: "VARCHAR" } } });
    const plan = await planOf(example);
    expect(names(plan.read)).toEqual(["practicedata/b.csv"]);
    expect(plan).toMatchObject({
      base: null,
      warnings: ["1 earlier file was removed and cannot be read again with the changed settings: its rows are dropped"],
    });
  });
});

describe("other inputs", () => {
  it("that are unreadable and outside the workspace are reported, but not copied into it", async () => {
    const example = await ingested();
    const elsewhere = await exampleWorkspace(exampleConfig, { "secret.csv": "x,z\n1\n" });
    const link = `${example.folder}/link.csv`;
    symlinkSync(`${elsewhere.folder}/secret.csv`, link);
    for (const path of [link, `${elsewhere.folder}/secret.csv`]) {
      const { rejected } = await example.change((session) => ingest(session, { inputs: [path], force: true }));
      expect(rejected).toEqual([
        expect.objectContaining({ path: expect.stringMatching(/(link|secret)\.csv$/), line: 2 }),
      ]);
      expect(rejected[0]).not.toHaveProperty("copy");
    }
    expect(example.list("ingesteddata")).not.toContain("rejected");
  });

  it("of another input folder start their own dataset", async () => {
    const example = await ingested();
    example.write({ "sourcedata/c.csv": c });
    await example.configure({ ...exampleConfig, input_folder_path: "sourcedata" });
    const { dataset } = await example.change((session) => ingest(session));
    expect(dataset?.rows).toBe(40);
    await example.configure(exampleConfig);
    expect(await planOf(example)).toMatchObject({ status: "nothing_new" });
  });

  it("named on the command line are read instead of the folder, and added to the earlier rows", async () => {
    const example = await ingested();
    example.write({ "more/c.csv": c });
    const plan = await planOf(example, false, [`${example.folder}/more/c.csv`, `${example.folder}/more`]);
    expect(names(plan.read)).toEqual(["more/c.csv"]);
    expect(plan.base?.rows).toBe(50);
    await expect(planOf(example, false, [`${example.folder}/nowhere`])).rejects.toMatchObject({
      message: "nowhere does not exist",
    });
  });
});
