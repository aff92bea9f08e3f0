/** Bad configurations: every error at once with its place, exit 2, and nothing touched; SQL and expectations of `ingest` too. */
import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { answers, earlierState, errorOf, expectKept, HEADER, rows, smallWorkspace } from "./badInput.ts";
import { snapshot, type LifecycleWorkspace } from "./lifecycleWorkspace.ts";

let workspace: LifecycleWorkspace;
let answered: string;
/** As it was when the model was deployed. */
let config: string;
beforeAll(() => {
  workspace = smallWorkspace();
  answered = answers(workspace);
  config = workspace.read("config.json");
});

const JSON_HINT =
  "hint: // and /* */ comments and a comma after the last entry are allowed; keys and strings need double quotes";
const SCHEMA_HINT = "hint: `mlctl config schema` describes every key";

describe("config.json", () => {
  it.each<[string, string | Buffer, string[]]>([
    [
      "is empty",
      "",
      [
        "error: config.json is not valid JSON: found the end of the file, expected a value, line 1, column 1",
        JSON_HINT,
      ],
    ],
    [
      "is no JSON",
      "hello: world\n",
      [
        'error: config.json is not valid JSON: found "hello", expected a value or a key in double quotes, line 1, column 1',
        JSON_HINT,
      ],
    ],
    [
      "ends in the middle",
      '{\n  "target": "exited",',
      [
        'error: config.json is not valid JSON: found the end of the file, expected a key in double quotes or "}", line 2, column 22',
        JSON_HINT,
      ],
    ],
    [
      "has a string that is not closed",
      '{\n"target": "exited\n}',
      ["error: config.json is not valid JSON: a string is not closed, line 2, column 11", JSON_HINT],
    ],
    [
      "has a key twice",
      '{\n"target": "exited",\n"target": "x" }',
      ['error: config.json is not valid JSON: duplicate key "target" in an object, line 3, column 1', JSON_HINT],
    ],
    [
      "is a list",
      "[]",
      [
        "error: config.json has an error",
        "  config.json:1: config.json: found [], allowed an object { … }",
        SCHEMA_HINT,
      ],
    ],
    [
      "is latin-1",
      Buffer.from('{\n"target": "Größe"\n}', "latin1"),
      ["error: config.json is not UTF-8, line 2", "hint: save it as UTF-8 in your editor"],
    ],
    [
      "is UTF-16",
      Buffer.from('\uFEFF{"target": "exited"}', "utf16le"),
      ["error: config.json is not UTF-8, line 1", "hint: save it as UTF-8 in your editor"],
    ],
    [
      "names no target",
      "{}",
      [
        "error: config.json has an error",
        "  config.json:1: target: missing, allowed a string: the column to predict",
        SCHEMA_HINT,
      ],
    ],
    [
      "needs a variable that is not set",
      '{ "target": "${NO_SUCH_VARIABLE}" }',
      [
        'error: config.json:1: target: found "${NO_SUCH_VARIABLE}", but the variable NO_SUCH_VARIABLE is not set; set it before mlctl starts, or write it into mlctl.env next to config.json',
      ],
    ],
    [
      "has wrong types, unknown keys and misspelt names: all are reported at once, each with its line",
      `{
  "target": 5,
  "taget": "exited",
  "id_columns": "corporation",
  "ingest": { "accumulate": "yes", "dedupe": "frist" },
  "train": {
    "metric": "f2",
    "seed": "x",
    "split": { "validation_size": 2 },
    "models": [{ "family": "xgbost" }]
  },
  "promotion": { "require": { "acuracy": { "min": 0.8 } } }
}`,
      [
        "error: config.json has 10 errors",
        "  config.json:2: target: found 5, allowed a string",
        '  config.json:3: taget: found an unknown key, did you mean "target"?',
        '  config.json:4: id_columns: found "corporation", allowed a list [ … ]',
        '  config.json:5: ingest.dedupe: found "frist", allowed "first", "last", false; did you mean "first"?',
        '  config.json:5: ingest.accumulate: found "yes", allowed true or false',
        expect.stringMatching(
          /^ {2}config\.json:7: train\.metric: found "f2", allowed "accuracy", .*; did you mean "f1"\?$/,
        ),
        '  config.json:8: train.seed: found "x", allowed a number',
        "  config.json:9: train.split.validation_size: found 2, allowed less than 1",
        expect.stringMatching(
          /^ {2}config\.json:10: train\.models\.0\.family: found "xgbost", .*; did you mean "xgboost"\?$/,
        ),
        '  config.json:12: promotion.require.acuracy: found an unknown key, did you mean "accuracy"?',
        SCHEMA_HINT,
      ],
    ],
    [
      "has misspelt and impossible parameters of a family",
      `{ "target": "exited", "train": { "models": [
  { "family": "xgboost", "params": { "max_dept": 3 } },
  { "family": "logistic_regression", "params": { "C": -1 } }
] } }`,
      [
        "error: config.json has 2 errors",
        expect.stringMatching(/^ {2}config\.json:2: train\.models\.0\.params\.max_dept: .*did you mean "max_depth"\?$/),
        expect.stringMatching(/^ {2}config\.json:3: train\.models\.1\.params\.C: .*-1/),
        SCHEMA_HINT,
      ],
    ],
    [
      "has a metric of the other task",
      '{ "target": "exited", "task": "regression", "train": { "metric": "f1" } }',
      [
        "error: config.json has an error",
        expect.stringMatching(
          /^ {2}config\.json:1: train\.metric: metric "f1" is not defined for regression; use one of rmse, /,
        ),
        SCHEMA_HINT,
      ],
    ],
  ])("%s", (_, content, told) => {
    workspace.write({ "config.json": content });
    const before = snapshot(workspace.folder);
    const done = workspace.run(["fullprocess"]);
    expect([done.status, done.stdout, errorOf(done)]).toEqual([2, "", told]);
    expect(snapshot(workspace.folder)).toEqual(before);
  });

  it("with variables that are not set, stops only the commands that need their values", () => {
    const secrets = {
      alerts: [{ type: "webhook", url: "${NO_HOOK}" }],
      serve: { token: "${NO_TOKEN}" },
      schedule: [{ name: "fullprocess", cron: "${NO_TIMES}" }],
      test_data_path: "${NO_TEST}",
    };
    workspace.write({ "config.json": JSON.stringify({ ...(JSON.parse(config) as object), ...secrets }) });
    const failure = (words: string[]) => {
      const { status, stderr } = workspace.run(words);
      if (status === 0) return [0];
      return [status, /: (\S+): found "\$\{\w+\}", but the variable (\w+) is not set/.exec(stderr)?.slice(1)];
    };
    const fine = [
      ["runs", "list"],
      ["deploy", "--dry-run"],
      ["train"],
      ["models", "list"],
      ["config", "validate"],
      ["doctor"],
    ];
    for (const words of fine) expect([words, failure(words)]).toEqual([words, [0]]);
    expect(failure(["serve", "--port", "0"])).toEqual([2, ["serve.token", "NO_TOKEN"]]);
    expect(failure(["alerts", "test"])).toEqual([2, ["alerts.0.url", "NO_HOOK"]]);
    expect(failure(["schedule", "list"])).toEqual([2, ["schedule.0.cron", "NO_TIMES"]]);
    expect(failure(["score"])).toEqual([2, ["test_data_path", "NO_TEST"]]);
    workspace.write({ "mlctl.env": "NO_TOKEN=a-secret\n" });
    chmodSync(join(workspace.folder, "mlctl.env"), 0o644);
    const doctor = workspace.run(["doctor"]).stdout;
    expect(doctor).toContain("the variable NO_HOOK is not set");
    if (process.platform !== "win32") expect(doctor).toContain("other users can read mlctl.env");
    workspace.write({ "config.json": config, "mlctl.env": null });
  });

  it("is fine, but the output is not: no CSV is called .xlsx, and a report makes no folders", () => {
    const refused = (...words: string[]) => {
      const { status, stderr } = workspace.run([...words, "--json"]);
      return [status, (JSON.parse(stderr.trim().split("\n").at(-1)!) as { error: string }).error];
    };
    const nowhere = join(workspace.folder, "no/such");
    expect(refused("predict", "sourcedata/a.csv", "-o", "x.xlsx")).toEqual([
      2,
      "predict writes CSV or JSON lines, not .xlsx",
    ]);
    expect(refused("report", "-o", join(nowhere, "x.html"))).toEqual([2, `the folder ${nowhere} does not exist`]);
    expect(workspace.ok("report", "-q", "-o", "x.html")).toContain("report\tx.html\n");
    rmSync(join(workspace.folder, "x.html"));
  });

  it("that is a folder, or not there, is exit 4 with the next step", () => {
    rmSync(join(workspace.folder, "config.json"));
    mkdirSync(join(workspace.folder, "config.json"));
    for (const make of [() => {}, () => rmSync(join(workspace.folder, "config.json"), { recursive: true })]) {
      make();
      const done = workspace.run(["fullprocess"]);
      expect(done.status).toBe(4);
      expect(errorOf(done)).toEqual([
        expect.stringMatching(/^error: there is no config\.json in \//),
        expect.stringMatching(/^hint: run `mlctl init` there .*name another folder with -C or another file with -c$/),
      ]);
    }
    workspace.write({ "config.json": config });
  });

  it.each([
    [["-c", "other.json"], /^error: there is no file .*other\.json$/, "hint: check -c/--config"],
    [["-C", "nowhere"], /^error: there is no folder .*nowhere$/, "hint: check -C/--directory"],
    [["-C", "config.json"], /^error: .*config\.json is not a folder$/, "hint: check -C/--directory"],
  ])("%j is exit 2", (args, message, hint) => {
    workspace.write({ "config.json": config });
    const done = workspace.run(["fullprocess", ...args]);
    expect([done.status, errorOf(done)]).toEqual([2, [expect.stringMatching(message), hint]]);
  });

  it("names the environment variable that is wrong", () => {
    workspace.write({ "config.json": config });
    const done = workspace.run(["fullprocess"], { environment: { MLCTL_TRAIN_SEED: "x", MLCTL_TRIAN_METRIC: "f1" } });
    expect([done.status, errorOf(done)]).toEqual([
      2,
      [
        "error: MLCTL_TRAIN_SEED has an error",
        '  MLCTL_TRAIN_SEED: train.seed: found "x", allowed a number',
        SCHEMA_HINT,
      ],
    ]);
  });
});

describe("ingest", () => {
  const columns = "available columns: corporation, lastmonth_activity, lastyear_activity, number_of_employees, exited";
  const sealed = "SQL in config.json can only compute from the rows of the input files";

  /** A configuration whose `ingest` has these keys, and a file that was not ingested yet. */
  const run = (ingest: object, ...args: string[]) => {
    const changed = { ...(JSON.parse(config) as object), input_folder_path: "fresh", ingest };
    workspace.write({ "config.json": JSON.stringify(changed), "fresh/a.csv": HEADER + rows(40) });
    return workspace.run(args);
  };

  it.each<[string, object, number, string[]]>([
    [
      "a misspelt column in where",
      { where: "number_of_employes > 0" },
      2,
      [
        'error: ingest.where: Referenced column "number_of_employes" not found in FROM clause (reading fresh/a.csv)',
        'hint: did you mean "number_of_employees"?',
      ],
    ],
    [
      "a syntax error in where",
      { where: "exited = = 1" },
      2,
      ['error: ingest.where: syntax error at or near "="', `hint: ${columns}`],
    ],
    [
      "a second statement in where",
      { where: "true); COPY (SELECT 1) TO 'stolen.csv'; SELECT (1" },
      2,
      ["error: ingest.where: more than one statement", `hint: ${columns}`],
    ],
    [
      "another file in where",
      { where: "exited IN (SELECT column0 FROM read_csv('/etc/passwd'))" },
      2,
      ["error: ingest.where: the function read_csv is not allowed", `hint: ${sealed}`],
    ],
    [
      "another file in select",
      { select: { secret: "(SELECT content FROM read_text('/etc/passwd'))" } },
      2,
      ["error: ingest.select.secret: the function read_text is not allowed", `hint: ${sealed}`],
    ],
    [
      "a list of other files in where",
      { where: "(SELECT count(*) FROM glob('/etc/*')) > 0" },
      2,
      ["error: ingest.where: the function glob is not allowed", `hint: ${sealed}`],
    ],
    [
      "the bytes of another file in where",
      { where: "(SELECT count(*) FROM read_blob('/etc/passwd')) > 0" },
      2,
      ["error: ingest.where: the function read_blob is not allowed", `hint: ${sealed}`],
    ],
    [
      "another database attached in where",
      { where: "true); ATTACH '/tmp/stolen.db'; SELECT (1" },
      2,
      ["error: ingest.where: more than one statement", `hint: ${columns}`],
    ],
    [
      "an extension in select",
      { select: { secret: "1); INSTALL httpfs; LOAD httpfs; SELECT (1" } },
      2,
      ["error: ingest.select.secret: more than one statement", `hint: ${columns}`],
    ],
    [
      "the network in select",
      { select: { secret: "(SELECT max(column0) FROM 'http://127.0.0.1:9/x.csv')" } },
      2,
      [
        'error: ingest.select.secret: Cannot access file "http://127.0.0.1:9/x.csv" (reading fresh/a.csv)',
        `hint: ${sealed}`,
      ],
    ],
    [
      "the environment in select",
      { select: { secret: "getenv('PATH')" } },
      2,
      [
        "error: ingest.select.secret: Scalar Function with name getenv does not exist (reading fresh/a.csv)",
        `hint: ${columns}`,
      ],
    ],
    [
      "a value that select cannot convert",
      { select: { number: "CAST(corporation AS INTEGER)" } },
      2,
      [
        "error: ingest.select.number: Could not convert string 'c0' to INT32 when casting from source column corporation (reading fresh/a.csv)",
        "hint: use TRY_CAST to turn values that cannot be converted into missing values",
      ],
    ],
    [
      "an unknown type",
      { types: { exited: "nunber" } },
      2,
      [
        'error: ingest.types.exited: DuckDB has no type "nunber"',
        'hint: use number, category, date, a format such as "1.234,5" or "%d.%m.%Y", or a DuckDB type such as BIGINT or DECIMAL(10,2)',
      ],
    ],
    [
      "a type of an unknown column",
      { types: { exitd: "number" } },
      2,
      ["error: ingest.types.exitd: no file has this column", 'hint: did you mean "exited"?'],
    ],
    [
      "a where that leaves no row",
      { where: "number_of_employees < 0" },
      3,
      ["error: no rows are left", "hint: check ingest.where in config.json"],
    ],
    [
      "broken expectations",
      { expect: { min_rows: 1000, columns: { number_of_employees: { max: 5 }, corporaton: { min: 1 } } } },
      3,
      [
        "error: the data violates ingest.expect: 40 rows, expected at least 1000 (and 2 more)",
        "  40 rows, expected at least 1000",
        '  column "number_of_employees" has maximum 7, expected at most 5',
        '  no column "corporaton", did you mean "corporation"?',
        "hint: correct the files, exclude the rows with ingest.where, or change ingest.expect",
      ],
    ],
  ])("stops at %s", (_, ingest, status, told) => {
    const before = earlierState(workspace);
    const done = run(ingest, "fullprocess");
    expect([done.status, done.stdout, errorOf(done)]).toEqual([status, "", told]);
    expect(earlierState(workspace)).toEqual(before);
    expect(workspace.names(".", /stolen/)).toEqual([]);
  });

  it("a time column that is not there is exit 2", () => {
    const before = earlierState(workspace);
    workspace.write({ "config.json": JSON.stringify({ ...(JSON.parse(config) as object), time_column: "exitd" }) });
    const done = workspace.run(["train"]);
    expect([done.status, errorOf(done)]).toEqual([
      2,
      ['error: time_column: the data has no column "exitd"', 'hint: did you mean "exited"?'],
    ]);
    expectKept(workspace, before);
  });
});

it("after all of that the deployed model predicts as before, and every recorded byte verifies", () => {
  workspace.write({ "config.json": config });
  expect(answers(workspace)).toBe(answered);
  expect(workspace.run(["verify"])).toMatchObject({ status: 0 });
});
