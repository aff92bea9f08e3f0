/** `ingest.select` makes the same columns of the rows to predict as it made of the rows that were trained on. */
import { beforeAll, describe, expect, it } from "vitest";
import { served } from "./servedWorkspace.ts";
import { emptyWorkspace, type LifecycleWorkspace } from "./lifecycleWorkspace.ts";

const select = {
  amount: "CAST(replace(amount, ',', '.') AS DOUBLE)",
  price: "CAST(replace(price, ',', '.') AS DOUBLE)",
  bought: "CAST(strptime(bought, '%d/%m/%Y') AS DATE)",
  visits: "visits * 2",
  per_visit: "round(CAST(replace(amount, ',', '.') AS DOUBLE) / visits, 2)",
};

const comma = (value: number): string => value.toFixed(2).replace(".", ",");

/** German: decimal commas, the day first, semicolons. Days 1 to 28, so that every date exists. */
function rows(count: number, seed: number): string {
  const lines = Array.from({ length: count }, (_, i) => {
    const k = i * 7 + seed;
    const amount = ((k * 37) % 1000) / 10 + 1;
    const [day, month, visits] = [(k % 28) + 1, ((k * 5) % 12) + 1, (k % 11) + 1];
    const date = `${String(day).padStart(2, "0")}/${String(month).padStart(2, "0")}/2024`;
    return `${k};${date};${comma(amount)};${visits};${"abc"[k % 3]};${comma(3 * amount + month + 2 * visits)}`;
  });
  return `id;bought;amount;visits;kind;price\n${lines.join("\n")}\n`;
}

const withoutPrice = (text: string): string => text.replace(/;[^;\n]*$/gm, "");

describe("predict with ingest.select", () => {
  let workspace: LifecycleWorkspace;
  beforeAll(() => {
    workspace = emptyWorkspace({ target: "price", id_columns: ["id"], ingest: { select } });
    workspace.write({ "sourcedata/a.csv": rows(300, 0), "testdata/b.csv": rows(60, 3) });
    workspace.ok("fullprocess");
  });

  const predictions = (input: string, ...args: string[]) => {
    const { status, stdout, stderr } = workspace.run(["predict", "-", ...args], { input });
    return { status, stderr, lines: stdout.trimEnd().split("\n") };
  };
  const answersOf = (lines: readonly string[]): number[] =>
    lines.slice(1).map((line) => Number(line.split(",").at(-1)));

  it("predicts each row as score does: the RMSE is the same to the last digits", () => {
    const { value } = workspace.json<{ value: number }>("score");
    const { status, lines } = predictions(withoutPrice(workspace.read("testdata/b.csv")));
    expect(status).toBe(0);
    const truth = workspace.read("testdata/b.csv").trimEnd().split("\n").slice(1);
    const squares = answersOf(lines).map(
      (answer, i) => (answer - Number(truth[i]!.split(";").at(-1)!.replace(",", "."))) ** 2,
    );
    // The order of a sum moves its last digit.
    expect(Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / 60)).toBeCloseTo(value, 10);
  });

  it("keeps the columns as they came, in their order, also over more rows than one batch has", () => {
    const [header, ...some] = withoutPrice(workspace.read("testdata/b.csv")).trimEnd().split("\n");
    const many = Array.from({ length: 80 }, () => some).flat();
    const { lines } = predictions(`${[header, ...many].join("\n")}\n`);
    expect(lines[0]).toBe("id,bought,amount,visits,kind,prediction");
    expect(lines).toHaveLength(many.length + 1);
    const came = lines.slice(1).map((line) => line.replace(/,[^,]*$/, ""));
    expect(came).toEqual(many.map((line) => line.replaceAll(/[^;]*,[^;]*/g, '"$&"').replaceAll(";", ",")));
    const answers = answersOf(lines);
    expect(answers.slice(-60)).toEqual(answers.slice(0, 60));
  });

  it("reads JSON lines the same way, and a date that is one already as it is", () => {
    const csv = predictions('id,bought,amount,visits,kind\n1,04/05/2024,"49,56",3,b\n');
    const given = { id: 1, bought: "2024-05-04", amount: 49.56, visits: 3, kind: "b" };
    const json = predictions(`${JSON.stringify(given)}\n`, "--input-format", "jsonl");
    expect((JSON.parse(json.lines[0]!) as { prediction: number }).prediction).toBe(answersOf(csv.lines)[0]);
  });

  it("names the line and the expression that a value does not fit, and --guard sets only such rows aside", () => {
    const input =
      'id,bought,amount,visits,kind\n1,04/05/2024,"49,56",3,b\n2,31/31/2024,5,3,b\n3,,,,\n4,04/05/2024,5,x,b\n';
    const stopped = predictions(input);
    expect(stopped.status).toBe(3);
    expect(stopped.stderr).toContain('error: stdin, line 3: ingest.select.bought: Could not parse string "31/31/2024"');
    const guarded = predictions(input, "--guard", "--reject-file", "rejected.csv");
    expect(guarded.status).toBe(0);
    expect(guarded.lines.map((line) => line[0])).toEqual(["i", "1", "3"]);
    const rejected = workspace.read("rejected.csv").trimEnd().split("\n");
    expect(rejected[2]).toMatch(/^4,.*ingest\.select\.visits: Could not convert string 'x'/);
  });

  it("is applied to requests as to files: JSON, JSON lines, CSV and /invocations", async () => {
    const csv = 'id,bought,amount,visits,kind\n1,04/05/2024,"49,56",3,b\n2,28/12/2024,"7,5",4,a\n';
    const expected = answersOf(predictions(csv).lines);
    const raw = [
      { id: 1, bought: "04/05/2024", amount: "49,56", visits: 3, kind: "b" },
      { id: 2, bought: "28/12/2024", amount: "7,5", visits: 4, kind: "a" },
    ];
    const server = await served(workspace.copy());
    const reply = await server.post("/predict", raw);
    expect([reply.status, reply.body["predictions"], reply.body["warnings"]]).toEqual([200, expected, []]);
    expect((await server.post("/predict", raw[0])).body["prediction"]).toBe(expected[0]);
    expect((await server.post("/invocations", { dataframe_records: raw })).body["predictions"]).toEqual(expected);
    const lines = await server.post("/predict", raw.map((row) => `${JSON.stringify(row)}\n`).join(""), {
      "content-type": "application/x-ndjson",
    });
    const byLine = lines.text.trimEnd().split("\n");
    expect(byLine.map((line) => (JSON.parse(line) as { prediction: number }).prediction)).toEqual(expected);
    const text = await server.post("/predict", csv, { "content-type": "text/csv" });
    expect(text.text).toMatch(
      new RegExp(`^id,bought,amount,visits,kind,prediction,.*\n1,04/05/2024,"49,56",3,b,${expected[0]},`),
    );
    // Two requests at once share one database.
    const both = await Promise.all(raw.map((row) => server.post("/predict", row)));
    expect(both.map(({ body }) => body["prediction"])).toEqual(expected);
    const bad = await server.post("/predict", [raw[0], { ...raw[1], bought: "31/31/2024" }]);
    expect([bad.status, bad.body["errors"]]).toEqual([
      422,
      [
        expect.objectContaining({
          row: 1,
          column: "bought",
          message: expect.stringContaining('Could not parse string "31/31/2024"'),
        }),
      ],
    ]);
    const worse = await server.post("/predict", { ...raw[1], bought: "31/31/2024", visits: "x" });
    expect((worse.body["errors"] as { column: string }[]).map(({ column }) => column)).toEqual([
      "bought",
      "visits",
      "per_visit",
    ]);
    const { amount: _amount, ...lacking } = raw[0]!;
    expect((await server.post("/predict", lacking)).body["errors"]).toContainEqual(
      expect.objectContaining({
        column: "amount",
        check: "missing",
        message: expect.stringContaining("replace(amount"),
      }),
    );
    const { signature } = (await server.get("/model")).body as { signature: { computed: object } };
    expect(Object.keys(signature.computed)).toEqual(["bought", "amount", "visits", "per_visit"]);
    await server.stop();
  });

  it("makes a column over one that came under its name, as ingest does, and names a column that did not come", () => {
    const raw = predictions('bought,amount,visits,kind\n04/05/2024,"49,56",3,b\n');
    // 49.56 / 3 = 16.52
    const same = predictions('bought,amount,visits,kind,per_visit\n04/05/2024,"49,56",3,b,1\n');
    expect(answersOf(same.lines)).toEqual(answersOf(raw.lines));
    const lacking = predictions("bought,visits,kind\n04/05/2024,3,b\n");
    expect(lacking.status).toBe(3);
    expect(lacking.stderr).toContain('column "amount" is missing');
  });

  it("does not apply expressions over other rows, with one note", () => {
    const other = workspace.copy();
    const config = JSON.parse(other.read("config.json")) as { ingest: { select: object } };
    config.ingest.select = { ...config.ingest.select, visits: "visits * 2 + 0 * count(*) OVER ()" };
    other.write({ "config.json": JSON.stringify(config) });
    const { status, stderr } = other.run(["predict", "testdata/b.csv"]);
    expect(status).toBe(0);
    expect(stderr.match(/ingest\.select\.visits is not applied: it reads other rows/g)).toHaveLength(1);
  });

  it("logs what the model read, so that monitor compares like with like", () => {
    const other = workspace.copy();
    other.ok("predict", "testdata/b.csv", "--log", "-o", "answers.csv");
    const { window } = other.json<{ window: { rows: number } }>("monitor", "--source", "predictions");
    expect(window.rows).toBe(60);
    const id = other.read("answers.csv").split("\n")[1]!.split(",").at(-1)!;
    // The first row of rows(60, 3): k = 3, amount 3 · 37 / 10 + 1 = 12.1, visits 4 · 2 = 8, the 4th of April (3 · 5 % 12 + 1).
    const shown = other.json<{ prediction: { inputs: Record<string, unknown> } }>("predictions", "show", id);
    expect(shown.prediction.inputs).toMatchObject({ amount: 12.1, visits: 8, bought: "2024-04-04T00:00:00.000Z" });
  });

  it("explain --rows and monitor take the same unlabelled file, and explain leaves no row out for ingest.where", () => {
    const other = workspace.copy();
    const config = JSON.parse(other.read("config.json")) as { ingest: object };
    other.write({
      "config.json": JSON.stringify({ ...config, ingest: { ...config.ingest, where: "price > 1 AND visits > 4" } }),
      "new.csv": withoutPrice(other.read("testdata/b.csv")),
    });
    const { rows: explained } = other.json<{ rows: { contributions: object[] }[] }>("explain", "--rows", "new.csv");
    expect(explained).toHaveLength(60);
    const { window } = other.json<{ window: { rows: number } }>("monitor", "new.csv");
    expect(window.rows).toBe(60);
    expect(other.run(["score", "--data", "new.csv"]).stderr).toContain('Referenced column "price" not found');
  });
});
