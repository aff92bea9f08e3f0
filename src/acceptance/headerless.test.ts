/** Files without a line of names: `ingest.names` for those that come again, guessed names for `init --from`. */
import { expect, it } from "vitest";
import { emptyWorkspace } from "./lifecycleWorkspace.ts";
import { served } from "./servedWorkspace.ts";

const lines = (count: number, first: number, labelled: boolean): string =>
  Array.from({ length: count }, (_, k) => {
    const i = first + k;
    const cells = [
      (i * 7) % 19,
      ["red", "blue"][i % 2],
      ...(labelled ? [((i * 7) % 19) + (i % 5) > 11 ? "yes" : "no"] : []),
    ];
    return `${cells.join(",")}\n`;
  }).join("");

it("reads them in every command, with or without the target, and files that have names too", async () => {
  const workspace = emptyWorkspace({
    target: "bought",
    ingest: { names: ["size", "colour", "bought"] },
    train: { models: [{ family: "logistic_regression" }] },
    monitor: { minimum_rows: 1 },
  });
  workspace.write({ "sourcedata/a.csv": lines(90, 0, true), "testdata/a.csv": lines(30, 90, true) });
  expect(workspace.json<{ dataset: { rows: number } }>("ingest").dataset.rows).toBe(90);
  workspace.ok("train");
  expect(workspace.json<{ rows: number }>("score").rows).toBe(30);
  workspace.ok("deploy", "--force");
  const bare = lines(6, 200, false);
  workspace.write({ "bare.csv": bare, "named.csv": `size,colour\n${bare}`, "labelled.csv": lines(6, 200, true) });
  const predicted = workspace.ok("predict", "bare.csv");
  expect(predicted).toMatch(/^size,colour,prediction,probability\n(?:[^\n]+\n){6}$/);
  expect(workspace.ok("predict", "named.csv")).toBe(predicted);
  expect(workspace.json<{ row_count: number }>("explain", "--rows", "bare.csv").row_count).toBe(6);
  expect(workspace.run(["monitor", "labelled.csv", "--json"]).stdout).toContain('"rows":6,"labelled":6');
  const server = await served(workspace);
  const reply = await server.post("/predict", bare, { "content-type": "text/csv" });
  await server.stop();
  expect(reply.text.trim().split("\n")).toHaveLength(7);
  const [, id] = reply.text
    .trim()
    .split("\n")[1]!
    .match(/,([0-9a-f]{24,}),/)!;
  workspace.write({ "labels.csv": `prediction_id,label\n${id},yes\n` });
  expect(workspace.json("labels", "labels.csv")).toMatchObject({ rows: 1, matched: 1, invalid: 0 });
  workspace.write({ "wrong.csv": "1\n2\n" });
  const { status, stderr } = workspace.run(["predict", "wrong.csv"]);
  expect([status, stderr]).toEqual([3, expect.stringContaining("line 1 has 1 value, but ingest.names 3")]);
});

it("init --from names the columns, and writes training and test rows with a header", () => {
  const workspace = emptyWorkspace({});
  workspace.write({ "rows.csv": lines(60, 0, true) });
  const listed = workspace.run(["init", "new", "--from", "rows.csv"]);
  expect([listed.status, listed.stderr]).toEqual([2, expect.stringContaining("column_3: category, first no")]);
  const made = workspace.run(["init", "new", "--from", "rows.csv", "--target", "column_3"]);
  expect([made.status, `${made.stdout}${made.stderr}`]).toEqual([
    0,
    expect.stringContaining(
      "rows.csv has no line with the names of its columns: they are called column_1, column_2, column_3",
    ),
  ]);
  const parts = ["sourcedata/train.csv", "testdata/test.csv"].map((path) =>
    workspace.read(`new/${path}`).trim().split("\n"),
  );
  expect(parts.map(([header]) => header)).toEqual(["column_1,column_2,column_3", "column_1,column_2,column_3"]);
  expect(parts.flat()).toHaveLength(62);
  expect(workspace.read("new/config.json")).toMatch(/"names": \[\s*"column_1",\s*"column_2",\s*"column_3"\s*\]/);
});
