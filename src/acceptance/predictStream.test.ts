/** `mlctl predict` as a filter: what goes in comes out with its prediction, whatever the form, the order or the number. */
import { spawnSync } from "node:child_process";
import { existsSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { literal, withDatabase } from "../data/duckdb/duckdb.ts";
import {
  bin,
  environment,
  logisticWorkspace,
  sampleWorkspace,
  snapshot,
  type LifecycleWorkspace,
} from "./lifecycleWorkspace.ts";

interface ScoreJson {
  readonly confusion_matrix: readonly (readonly number[])[];
  readonly metrics: Readonly<Record<string, number>>;
}

let workspace: LifecycleWorkspace;
/** The test data, and what the deployed model answers. */
let testCsv: string;
let answered: string;
beforeAll(() => {
  workspace = logisticWorkspace();
  testCsv = workspace.read("testdata/testdata.csv");
  answered = workspace.ok("predict", "testdata/testdata.csv");
});

const lines = (text: string): string[] => text.trimEnd().split("\n");
const cells = (text: string): string[][] => lines(text).map((line) => line.split(","));

/** The last two columns of each row. */
const answersOf = (text: string): string[] => cells(text).map((row) => row.slice(-2).join());

function asJsonLines(csv: string): string {
  const [header = [], ...rows] = cells(csv);
  const value = (text: string, column: number): string | number | null =>
    column === 0 ? text : text === "" ? null : Number(text);
  const objects = rows.map((row) => Object.fromEntries(header.map((name, i) => [name, value(row[i]!, i)])));
  return objects.map((object) => `${JSON.stringify(object)}\n`).join("");
}

describe("the predictions", () => {
  it("stand behind the row as it came: every column, id and empty cell, in order", () => {
    const [header, ...rows] = cells(answered);
    expect(header!.slice(-2)).toEqual(["prediction", "probability"]);
    expect(rows.map((row) => row.slice(0, -2).join())).toEqual(lines(testCsv).slice(1));
  });

  it("are those that score counted", () => {
    const { confusion_matrix: counted, metrics } = workspace.json<ScoreJson>("score", "--model", "@champion");
    const matrix = [
      [0, 0],
      [0, 0],
    ];
    let loss = 0;
    for (const row of cells(answered).slice(1)) {
      const [truth, prediction, probability] = row.slice(-3).map(Number) as [number, number, number];
      matrix[truth]![prediction]! += 1;
      loss -= Math.log(truth === 1 ? probability : 1 - probability) / (lines(answered).length - 1);
    }
    expect(matrix).toEqual(counted);
    // Sums of 500 doubles in another order.
    expect(loss).toBeCloseTo(metrics["log_loss"]!, 12);
  });

  it("do not depend on the order of the columns, nor on those that the model does not use", () => {
    const turned = cells(testCsv).map(([corporation, month, year, employees, exited]) =>
      [employees, exited, `"a, ""b"""`, year, corporation, month].join(),
    );
    const input = `${turned.join("\n")}\n`.replace('"a, ""b"""', "note");
    const { status, stdout, stderr } = workspace.run(["predict"], { input });
    expect(status, stderr).toBe(0);
    expect(answersOf(stdout)).toEqual(answersOf(answered));
    expect(lines(stdout)[1]).toMatch(/^\d*,[01],"a, ""b""",/);
  });

  it("need no target column", () => {
    const input = cells(testCsv)
      .map((row) => row.slice(0, -1).join())
      .join("\n");
    const { stdout } = workspace.run(["predict"], { input });
    expect(answersOf(stdout)).toEqual(answersOf(answered));
  });
});

describe("every form", () => {
  it("from stdin as from the file", () => {
    expect(workspace.run(["predict", "-"], { input: testCsv }).stdout).toBe(answered);
  });

  it("semicolons, Windows line ends and a byte order mark", () => {
    const input = `\uFEFF${testCsv.replaceAll(",", ";").replaceAll("\n", "\r\n")}`;
    expect(workspace.run(["predict"], { input }).stdout).toBe(answered);
  });

  it("JSON Lines give JSON Lines with the same predictions", () => {
    const input = asJsonLines(testCsv);
    const { status, stdout } = workspace.run(["predict", "--input-format", "jsonl"], { input });
    expect(status).toBe(0);
    const objects = lines(stdout).map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(objects.map(({ prediction, probability }) => `${prediction},${probability}`)).toEqual(
      answersOf(answered).slice(1),
    );
    const { prediction: _prediction, probability: _probability, ...rest } = objects[0]!;
    expect(rest).toEqual(JSON.parse(lines(input)[0]!));
    // One form in, the other out.
    expect(workspace.run(["predict", "--input-format", "jsonl", "--format", "csv"], { input }).stdout).toBe(answered);
  });

  it("one JSON or Parquet file gives the same predictions as CSV, is logged, labelled from JSON and guarded", async () => {
    const logged = workspace.copy();
    const rows = lines(asJsonLines(testCsv));
    logged.write({ "rows.json": `[${rows.join(",\n")}]` });
    const path = (name: string): string => literal(join(logged.folder, name));
    await withDatabase((database) =>
      database.run(`COPY (SELECT * FROM ${path("rows.json")}) TO ${path("rows.parquet")}`),
    );
    for (const name of ["rows.json", "rows.parquet"])
      expect(answersOf(logged.ok("predict", name))).toEqual(answersOf(answered));
    logged.ok("predict", "rows.parquet", "--log", "--format", "jsonl", "-o", "logged.jsonl");
    const ids = lines(logged.read("logged.jsonl")).map((line) => JSON.parse(line) as Record<string, unknown>);
    const outcomes = ids.map(({ prediction_id, exited }) => ({ prediction_id, exited }));
    logged.write({ "outcomes.json": JSON.stringify(outcomes) });
    expect(logged.json("labels", "outcomes.json")).toMatchObject({ matched: rows.length, labelled: rows.length });
    logged.write({
      "odd.json": `[${rows[0]!.replace(/"lastmonth_activity":\d+/, '"lastmonth_activity":1e9')},${rows[1]}]`,
    });
    const { stdout } = logged.run(["predict", "odd.json", "--guard", "--reject-file", "rejected.csv"]);
    expect(answersOf(stdout)).toEqual([answersOf(answered)[0], answersOf(answered)[2]]);
    expect(logged.read("rejected.csv")).toMatch(/,1,"column ""lastmonth_activity"": 1000000000 is outside/);
  });

  it("--json makes of the rows on stdout JSON lines", () => {
    const { stdout } = workspace.run(["predict", "--json"], { input: testCsv });
    expect(stdout).toBe(workspace.run(["predict", "--format", "jsonl"], { input: testCsv }).stdout);
    expect(lines(stdout).map((line) => typeof JSON.parse(line))).toEqual(
      Array.from({ length: lines(testCsv).length - 1 }, () => "object"),
    );
    expect(workspace.run(["predict", "--json", "--format", "csv"], { input: testCsv }).stdout).toBe(answered);
  });

  it(".gz of either", () => {
    const gz = join(workspace.folder, "rows.csv.gz");
    const packed = spawnSync("gzip", ["-c"], { input: testCsv }).stdout;
    expect(gunzipSync(packed).toString()).toBe(testCsv);
    for (const [path, content] of [
      [gz, packed],
      [join(workspace.folder, "rows.jsonl.gz"), gzipSync(asJsonLines(testCsv))],
    ] as const) {
      writeFileSync(path, content);
      expect(workspace.ok("predict", path, "--format", "csv")).toBe(answered);
    }
  });

  it("a header alone comes out with the two new columns", () => {
    const input = `${lines(testCsv)[0]}\n`;
    expect(workspace.run(["predict"], { input })).toMatchObject({ status: 0, stdout: `${lines(answered)[0]}\n` });
  });
});

describe("-o", () => {
  it("writes the same bytes to a file and nothing to stdout", () => {
    const output = join(workspace.folder, "answers.csv");
    expect(workspace.run(["predict", "testdata/testdata.csv", "-o", output])).toMatchObject({ status: 0, stdout: "" });
    expect(workspace.read("answers.csv")).toBe(answered);
  });

  it("leaves the old file and no other when a late row is bad", () => {
    workspace.write({ "out/answers.csv": "old" });
    const input = `${testCsv}x,not a number,2,3,1\n`;
    const { status, stderr } = workspace.run(["predict", "-", "-o", "out/answers.csv"], { input });
    expect([status, stderr]).toEqual([
      3,
      `error: stdin, line ${lines(testCsv).length + 1}: column "lastmonth_activity": "not a number" is not a number\n` +
        "hint: `--reject-file rejected.csv` rejects such rows and predicts the others; with `--guard`, also rows with new categories or with numbers outside the training range\n",
    ]);
    expect([workspace.names("out"), workspace.read("out/answers.csv")]).toEqual([["answers.csv"], "old"]);
  });

  it.each([
    [["rows.csv", "-o", "rows.csv"], "the output and the input are the same file: rows.csv"],
    [["rows.csv", "-o", "link.csv"], "the output and the input are the same file: link.csv"],
    [
      ["rows.csv", "--reject-file", "../PLACE/rows.csv"],
      "--reject-file and the input are the same file: ../PLACE/rows.csv",
    ],
    [["-", "-o", "new.csv", "--reject-file", "./new.csv"], "--reject-file and the output are the same file: ./new.csv"],
    [["-", "--reject-file", "-"], "--reject-file and the output both go to stdout"],
  ])("%j is a usage error before anything is touched", (args, message) => {
    const place = workspace.copy();
    place.write({ "rows.csv": testCsv });
    symlinkSync("rows.csv", join(place.folder, "link.csv"));
    const before = snapshot(place.folder);
    const named = (text: string): string => text.replace("PLACE", basename(place.folder));
    const { status, stdout, stderr } = place.run(["predict", "--guard", ...args.map(named)], { input: testCsv });
    expect([status, stdout, lines(stderr)[0]]).toEqual([2, "", `error: ${named(message)}`]);
    expect(snapshot(place.folder)).toEqual(before);
  });

  it("into a missing folder is an error", () => {
    const { status, stderr } = workspace.run(["predict", "testdata/testdata.csv", "-o", "nowhere/answers.csv"]);
    expect([status, stderr]).toEqual([
      1,
      "error: cannot write nowhere/answers.csv: its folder does not exist\nhint: create the folder, or correct the path\n",
    ]);
  });
});

describe("--guard", () => {
  it("writes bad rows to the reject file with line and reason; the others are predicted, in order", () => {
    const [header, ...rows] = lines(testCsv);
    const input = [
      header,
      ...rows.slice(0, 2),
      "bad1,x,2,3,1",
      ...rows.slice(2, 4),
      "short,1",
      "huge,999999,600,30,0",
      "",
    ];
    const { status, stdout, stderr } = workspace.run(["predict", "-", "--guard", "--reject-file", "rejected.csv"], {
      input: input.join("\n"),
    });
    expect(status, stderr).toBe(0);
    expect(lines(stdout)).toEqual(lines(answered).slice(0, 5));
    const rejected = lines(workspace.read("rejected.csv"));
    expect(rejected[0]).toBe(`${header},line,reason`);
    expect(rejected.slice(1)).toEqual([
      expect.stringMatching(/^bad1,x,2,3,1,4,.*lastmonth_activity.*is not a number/),
      expect.stringMatching(/^short,1,,,,7,.*/),
      expect.stringMatching(/^huge,999999,600,30,0,8,.*outside the training range/),
    ]);
    expect(stderr).toContain("3 rejected (see rejected.csv)");
  });

  it("no row bad: the file of rejected rows is a header", () => {
    workspace.run(["predict", "-", "--guard", "--reject-file", "none.csv"], {
      input: lines(testCsv).slice(0, 3).join("\n"),
    });
    expect(workspace.read("none.csv")).toBe(`${lines(testCsv)[0]},line,reason\n`);
  });

  it("all rows bad: a header comes out, all the others are set aside", () => {
    const input = `${lines(testCsv)[0]}\na,x,2,3,1\nb,y,2,3,1\n`;
    const { status, stdout } = workspace.run(["predict", "--guard"], { input });
    expect([status, stdout]).toEqual([0, `${lines(answered)[0]}\n`]);
  });
});

describe("a stream", () => {
  it("whose reader has seen enough ends without an error", () => {
    const script = `(cat testdata/testdata.csv; for i in $(seq 200); do tail -n +2 testdata/testdata.csv; done) |
      "$NODE" "$BIN" predict - | head -1; echo "\${PIPESTATUS[1]}"`;
    const { stdout, stderr } = spawnSync("bash", ["--norc", "-c", script], {
      cwd: workspace.folder,
      env: environment({ NODE: process.execPath, BIN: bin }),
      encoding: "utf8",
    });
    expect(stdout).toBe(`${lines(answered)[0]}\n0\n`);
    expect(stderr).not.toContain("error");
  });

  it.each([
    ["nowhere.csv", undefined, "there is no such file"],
    ["nowhere.csv.gz", undefined, "there is no such file"],
    ["text.csv.gz", Buffer.from("a,b\n1,2\n"), "it is not a gzip file, or it is damaged"],
    ["cut.csv.gz", gzipSync("a,b\n1,2\n").subarray(0, 20), "the gzip file is truncated"],
  ])("that cannot be read (%s) is exit 3 with the reason", (name, content, reason) => {
    if (content !== undefined) writeFileSync(join(workspace.folder, name), content);
    const { status, stdout, stderr } = workspace.run(["predict", name]);
    expect([status, stdout, stderr.split("\n")[0]]).toEqual([3, "", `error: ${name}: ${reason}`]);
  });

  it("in place of which a folder is named asks where the predictions go", () => {
    const { status, stderr } = workspace.run(["predict", "testdata"]);
    expect([status, stderr.split("\n")[0]]).toEqual([2, "error: where do the predictions of testdata go?"]);
  });

  it("of which nothing was deployed is exit 4 with the next step", () => {
    const fresh = sampleWorkspace();
    const { status, stdout, stderr } = fresh.run(["predict"], { input: testCsv });
    expect([status, stdout, stderr.split("\n")[0]]).toEqual([4, "", "error: no model is deployed"]);
    expect(existsSync(join(fresh.folder, "mlctl.db"))).toBe(false);
  });
});
