/** `ingest.delimiter`, `quote`, `encoding`, `skip_lines`: every command reads files written that way. */
import { parse } from "csv-parse/sync";
import { expect, it } from "vitest";
import { emptyWorkspace } from "./lifecycleWorkspace.ts";
import { served } from "./servedWorkspace.ts";

const cities = ["Köln|Süd", "Zürich", "Bern €"];

/** Delimiter |, quote ', windows-1252, a title above the header, blanks around cells, line ends of all kinds. */
function odd(rows: readonly number[], labelled: boolean): Buffer {
  const header = ["id", " size ", "city", ...(labelled ? ["bought"] : [])];
  const line = (i: number): string[] => {
    const cells = [`r${i}`, ` ${(i * 7) % 19}`, `'${cities[i % 3]}' `];
    return labelled ? [...cells, ((i * 7) % 19) + (i % 5) > 11 ? "yes" : "no"] : cells;
  };
  const lines = ["Export | of 'May", header.join("|"), ...rows.map((i) => line(i).join("|"))];
  const text = lines.map((each, i) => each + ["\r\n", "\n", "\r"][i % 3]!).join("");
  return Buffer.from(text.replaceAll("€", "\u0080"), "latin1");
}

const many = (count: number, first = 0): number[] => Array.from({ length: count }, (_, i) => first + i);

it("reads the same cells in ingest, score, predict, explain, monitor, watch, labels and serve", async () => {
  const workspace = emptyWorkspace({
    target: "bought",
    id_columns: ["id"],
    ingest: { delimiter: "|", quote: "'", encoding: "windows-1252", skip_lines: 1 },
    train: { models: [{ family: "logistic_regression" }] },
    watch: { settle: "0s", monitor: false },
    monitor: { minimum_rows: 1 },
  });
  workspace.write({ "sourcedata/a.csv": odd(many(90), true), "testdata/a.csv": odd(many(30, 90), true) });
  expect(workspace.json<{ dataset: { rows: number } }>("ingest").dataset.rows).toBe(90);
  workspace.ok("train");
  expect(workspace.json<{ rows: number }>("score").rows).toBe(30);
  workspace.ok("deploy", "--force");
  const rows = many(6, 200);
  workspace.write({ "rows.csv": odd(rows, false), "labelled.csv": odd(rows, true) });
  const cellsOf = (text: string): unknown[] =>
    (parse(text, { columns: true }) as Record<string, string>[]).map(({ id, size, city, prediction, probability }) => [
      id,
      size,
      city,
      prediction,
      probability,
    ]);
  const predicted = cellsOf(workspace.ok("predict", "rows.csv", "--log"));
  expect(predicted.map((row) => (row as string[])[2])).toEqual(rows.map((i) => cities[i % 3]));
  expect(workspace.json<{ row_count: number }>("explain", "--rows", "rows.csv").row_count).toBe(6);
  expect(workspace.run(["monitor", "labelled.csv", "--json"]).stdout).toContain('"rows":6,"labelled":6');
  expect(workspace.ok("labels", "labelled.csv")).toMatch(/6/);
  workspace.write({ "drops/input/rows.csv": odd(rows, false) });
  const drop = JSON.parse(workspace.ok("watch", "--once", "--json").trim().split("\n")[0]!) as { output: string };
  expect(cellsOf(workspace.read(`drops/${drop.output}`))).toEqual(predicted);
  const server = await served(workspace);
  const reply = await server.post("/predict", odd(rows, false), { "content-type": "text/csv" });
  const utf8 = Buffer.from(odd(rows, false).toString("latin1").replaceAll("\u0080", "€"));
  const marked = await server.post("/predict", utf8, { "content-type": "text/csv; charset=utf-8" });
  const wide = Buffer.from(utf8.toString(), "utf16le");
  const told = await server.post("/predict", wide, { "content-type": "text/csv; charset=utf-16le" });
  await server.stop();
  expect(cellsOf(reply.text)).toEqual(predicted);
  expect(cellsOf(marked.text)).toEqual(predicted);
  expect(cellsOf(told.text)).toEqual(predicted);
});
