/** Digits, booleans and names of columns are the same through files, standard input, HTTP, the prediction log and labels. */
import { beforeAll, describe, expect, it } from "vitest";
import { emptyWorkspace, type LifecycleWorkspace } from "./lifecycleWorkspace.ts";
import { served, type ServedWorkspace } from "./servedWorkspace.ts";

const NUMBER = "4611686018427387907";
const NEXT = "4611686018427387908";

let workspace: LifecycleWorkspace;
let server: ServedWorkspace;
beforeAll(async () => {
  workspace = emptyWorkspace({
    target: "y",
    id_columns: ["id"],
    train: { models: [{ family: "logistic_regression" }], metric: "f1" },
    serve: { echo: ["id"] },
    watch: { settle: "0s", monitor: false },
  });
  const isTrue = (i: number): boolean => i % 3 === 0;
  const rows = Array.from({ length: 120 }, (_, i) => {
    const flag = isTrue(i) ? "True" : "False";
    return `${14689519642107133949n + BigInt(i)},${flag},${["007", "A12", "B3"][i % 3]},${i % 7},${isTrue(i) ? 1 : 0}`;
  });
  const header = "id,flag,code,prediction,y";
  workspace.write({ "sourcedata/a.csv": `${header}\n${rows.join("\n")}\n` });
  workspace.write({ "testdata/t.csv": `${header}\n${rows.filter((row) => row.includes(",007,")).join("\n")}\n` });
  workspace.ok("ingest");
  workspace.ok("train");
  workspace.ok("deploy", "--force");
  server = await served(workspace);
});

const lines = { "content-type": "application/x-ndjson" };
const csv = { "content-type": "text/csv" };

describe("exact values", () => {
  it("keep ids of 20 digits, and codes such as 007, in the dataset and in the test file", () => {
    const path = workspace.names("ingesteddata", /\.csv$/)[0]!;
    const ids = workspace.read(`ingesteddata/${path}`).trimEnd().split("\n").slice(1);
    expect(ids.map((row) => row.split(",")[0])).toEqual(ids.map((_, i) => `${14689519642107133949n + BigInt(i)}`));
    expect(workspace.json<{ value: number }>("score").value).toBe(1);
  });

  it("give the same prediction for every spelling of a boolean, in every format", async () => {
    const flags = ["True", "TRUE", "true", "1"];
    const rows = flags.map((flag) => `1,${flag},007,3`);
    const text = `id,flag,code,prediction\n${rows.join("\n")}\n`;
    const predicted = workspace.run(["predict", "-"], { input: text });
    expect(predicted.stderr).not.toContain("not seen in training");
    expect(predicted.stderr).toContain('the column that is added is called "prediction_2"');
    const shares = predicted.stdout
      .trimEnd()
      .split("\n")
      .slice(1)
      .map((line) => line.split(",").at(-1));
    expect(new Set(shares).size).toBe(1);
    const json = [...flags, true, 1].map((flag) => ({ flag, code: "007", prediction: 3 }));
    const { body } = await server.post("/predict", json);
    expect(body["warnings"]).toEqual([]);
    expect((body["probabilities"] as number[]).map(String)).toEqual(json.map(() => shares[0]));
    const invoked = await server.post("/invocations", { dataframe_records: [{ ...json[0], flag: "maybe" }] });
    expect(invoked.body["warnings"]).toEqual([expect.objectContaining({ row: 0, column: "flag", check: "category" })]);
    const byCsv = await server.post("/predict", text, csv);
    expect(byCsv.text.split("\n")[0]).toContain("id,flag,code,prediction,prediction_2,probability");
    const byLine = await server.post("/predict", `{"id":${NUMBER},"flag":true,"code":"007","prediction":3}\n`, lines);
    expect(byLine.text).toMatch(
      new RegExp(
        `^\\{"id":${NUMBER},"flag":true,"code":"007","prediction":3,"prediction_2":1,"probability":${shares[0]},`,
      ),
    );
  });

  it("keep the digits of an id in the echo, the log and labels, and label one row only", async () => {
    const row = (id: string): string => `{"id":${id},"flag":true,"code":"007","prediction":3}`;
    expect((await server.post("/predict", row(NUMBER))).text).toContain(`"id":"${NUMBER}"`);
    const { stdout } = workspace.run(["predict", "-", "--input-format", "jsonl", "--log"], { input: `${row(NEXT)}\n` });
    expect(stdout).toMatch(new RegExp(`^\\{"id":${NEXT},`));
    workspace.write({ "labels.jsonl": `{"id":${NEXT},"y":1}\n`, "labels.csv": `id,y\n${NUMBER},1\n` });
    expect(workspace.json<{ labelled: number }>("labels", "labels.jsonl").labelled).toBe(1);
  });

  it("are kept by watch, also where the file is JSON", () => {
    const copy = workspace.copy();
    const cells = `"flag":"True","code":"007","prediction":3`;
    copy.write({ "drops/input/a.json": `[{"id":${NUMBER},${cells}},{"id":${NEXT},${cells}}]` });
    const { stdout } = copy.run(["watch", "--once", "--json"]);
    const { output } = JSON.parse(stdout.trim().split("\n")[0]!) as { output: string };
    const written = copy.read(`drops/${output}`).split("\n");
    expect(written.slice(1, 3).map((line) => line.split(",").slice(0, 3).join(","))).toEqual([
      `${NUMBER},True,007`,
      `${NEXT},True,007`,
    ]);
  });

  it("accept no invalid JSON, and no body is answered with 500", async () => {
    const row = `{"flag":true,"code":"007","prediction":3}`;
    const invalid = [
      ...'[ { ] } [, [1,] {,} [1 {"a" {"a": {"a":1,} {a:1} {\'a\':1} [NaN] [Infinity] [-Infinity] [+1] [.5] [1.] [01] [-] [1e] [0x1] tru nul TRUE'.split(
        " ",
      ),
      ...'"open|["\u0001"]|["\\x"]|["\\u12"]|["\\\n"]|// c\n{}|/**/{}|{}{}|[1]]|1 2|[1 true]|{"a":1 "b":2}|[9007199254740993|[09007199254740993]|[1 000000000000000]'.split(
        "|",
      ),
      `\ufeff${row}`,
      `${row},`,
      `${row}x`,
      "[".repeat(100_000),
      `${"[".repeat(50_000)}9007199254740993`,
    ];
    for (const body of invalid) {
      const { status } = await server.post("/predict", body);
      expect([body.slice(0, 40), status]).toEqual([body.slice(0, 40), 400]);
    }
    const odd = [
      ...'null true false 0 -0 1e400 "" "x" [] {} [[]] [null] [1] [{}] {"":0} {"data":1} {"data":{}}'.split(" "),
      ...'9007199254740993 [9007199254740993] {"data":[9007199254740993]}'.split(" "),
      row.replace("3", "9007199254740993"),
      row.replace("3", "-14689519642107133949123456789012345678901234567890"),
      row.replace("3", "1e400"),
      row.replace("3", `${"9".repeat(400)}`),
      row.replace("3", "[9007199254740993]"),
      row.replace("3", `{"a":${NUMBER}}`),
      row.replace("true", `${"[".repeat(5000)}${NUMBER}${"]".repeat(5000)}`),
      row.replace("true", `"\\ud800"`),
      row.replace("true", `"\\u0000"`),
      row.replace("true", NUMBER),
      row.replace("{", `{"id":[${NUMBER}],`),
      row.replace("{", `{"id":${"[".repeat(2000)}${"]".repeat(2000)},`),
      row.replace("{", `{"__proto__":${NUMBER},"constructor":1,`),
      row.replace("{", `{"flag":${NUMBER},`),
      `[${Array.from({ length: 50 }, () => row).join(",")}]`,
      `${"[".repeat(100_000)}${"]".repeat(100_000)}`,
    ];
    for (const body of odd)
      for (const path of ["/predict", "/invocations"]) {
        const { status } = await server.post(path, body);
        expect([200, 400, 413, 422], `${path} ${body.slice(0, 60)}: ${status}`).toContain(status);
      }
  });
});
