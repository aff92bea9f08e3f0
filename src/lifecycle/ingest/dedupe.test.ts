import { describe, expect, it } from "vitest";
import { exampleConfig, exampleCsv, exampleWorkspace } from "../../testing/exampleWorkspace.ts";
import { ingest } from "./ingest.ts";
import { planIngest } from "./planIngest.ts";

const [a, b, c] = [exampleCsv(1, 20), exampleCsv(2, 30), exampleCsv(3, 40)];

describe("dedupe", () => {
  const twice = `${a}${a.trim().split("\n").slice(1).join("\n")}\n`; // its 20 rows come twice

  it("is off, so equal rows of a file are kept and counted, with the setting that removes them", async () => {
    const example = await exampleWorkspace(exampleConfig, { "practicedata/a.csv": twice });
    const { dataset, duplicatesKept, notes } = await example.change((session) => ingest(session));
    expect([dataset?.rows, duplicatesKept]).toEqual([40, 20]);
    expect(notes).toEqual([
      '20 of 40 rows equal an earlier row and are kept, because without an id they may be different cases: "ingest": { "dedupe": "first" } removes them',
    ]);
  });

  it("is recommended if rows are equal in their id", async () => {
    const example = await exampleWorkspace({ ...exampleConfig, id_columns: ["x"] }, { "practicedata/a.csv": twice });
    const { notes } = await example.change((session) => ingest(session));
    expect(notes).toEqual([expect.stringMatching(/^20 of 40 rows equal an earlier row, also in x, and are kept: /)]);
  });

  it("is not needed for a file that comes twice: it is read once", async () => {
    const example = await exampleWorkspace(exampleConfig, { "practicedata/a.csv": a, "practicedata/copy.csv": a });
    const { dataset, notes } = await example.change((session) => ingest(session));
    expect(dataset?.rows).toBe(20);
    expect(notes).toEqual(["skipped practicedata/copy.csv: it has the same content as practicedata/a.csv"]);
    example.write({ "practicedata/c.csv": c });
    expect((await example.look((session) => planIngest(session, [], false))).read.map(({ path }) => path)).toEqual([
      "practicedata/a.csv",
      "practicedata/c.csv",
    ]);
    example.write({ "practicedata/a.csv": null }); // the copy stays
    expect(await example.look((session) => planIngest(session, [], false))).toMatchObject({ base: null });
  });

  it("may change without losing the rows of removed files, as its default did", async () => {
    const files = { "practicedata/a.csv": a, "practicedata/b.csv": b };
    const example = await exampleWorkspace({ ...exampleConfig, ingest: { dedupe: "first" } }, files);
    await example.change((session) => ingest(session));
    example.write({ "practicedata/a.csv": null });
    await example.configure(exampleConfig);
    const plan = await example.look((session) => planIngest(session, [], false));
    expect(plan).toMatchObject({ status: "ingest", reason: "the ingest settings changed", read: [], warnings: [] });
    expect((await example.change((session) => ingest(session))).dataset?.rows).toBe(50);
    expect(await example.look((session) => planIngest(session, [], false))).toMatchObject({ status: "nothing_new" });
  });
});
