/** Test data that does not fit, and models that were cut off or edited: exit 3, and production stays as it is. */
import { readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { answers, earlierState, errorOf, expectKept, HEADER, smallWorkspace } from "./badInput.ts";
import type { LifecycleWorkspace } from "./lifecycleWorkspace.ts";

let workspace: LifecycleWorkspace;
let answered: string;
/** The rows of testdata, and their lines without the header. */
let test: string;
let lines: string[];
beforeAll(() => {
  workspace = smallWorkspace();
  answered = answers(workspace);
  test = workspace.read("testdata/testdata.csv");
  lines = test.trimEnd().split("\n").slice(1);
});

const body = (change: (cells: string[]) => string[]): string =>
  lines.map((line) => `${change(line.split(",")).join(",")}\n`).join("");

describe("score, on test data", () => {
  const fit = "hint: provide the columns listed by `mlctl models show`, or train again on this kind of data";
  it.each<[string, () => string, string[]]>([
    [
      "with a column missing",
      () => "corporation,lastyear_activity,number_of_employees,exited\n" + body(([a, , c, d, e]) => [a!, c!, d!, e!]),
      ["error: the data does not fit the model", '  column "lastmonth_activity" is missing', fit],
    ],
    [
      "with a column renamed",
      () => test.replace("lastmonth_activity", "last_month_activity"),
      [
        "error: the data does not fit the model",
        '  column "lastmonth_activity" is missing; did you rename it to "last_month_activity"?',
        fit,
      ],
    ],
    [
      "with texts where the model learned numbers",
      () => HEADER + body(([a, , ...rest]) => [a!, "high", ...rest]),
      [
        "error: the data does not fit the model",
        '  column "lastmonth_activity" contains "high" in data row 1, but the model was trained on numbers',
        fit,
      ],
    ],
    [
      "with dates where the model learned numbers",
      () => HEADER + body(([a, , ...rest]) => [a!, "2026-01-31", ...rest]),
      [
        "error: the data does not fit the model",
        '  column "lastmonth_activity" contains dates, but the model was trained on numbers',
        fit,
      ],
    ],
    [
      "with one text among numbers",
      () => HEADER + lines.map((line, i) => (i === 4 ? "x,many,2,3,1\n" : `${line}\n`)).join(""),
      [
        "error: the data does not fit the model",
        '  column "lastmonth_activity" contains "many" in data row 5, but the model was trained on numbers',
        fit,
      ],
    ],
    [
      "without the target",
      () => test.replace("exited", "exitd"),
      ['error: the data has no target column "exited", so it cannot be scored', 'hint: did you rename it to "exitd"?'],
    ],
    [
      "without a value of the target",
      () => HEADER + body((cells) => [...cells.slice(0, 4), ""]),
      ['error: target column "exited" has no value in any row', "hint: scoring needs rows with a label"],
    ],
    [
      "with a class that the model does not know",
      () => `${test}x,1,2,3,2\n`,
      [
        'error: target column "exited" contains "2" in data row 61, expected one of 0, 1',
        "hint: the model was trained on other labels: correct the row, or train again",
      ],
    ],
    [
      "that is ragged",
      () => `${test}x,1\n`,
      [
        "error: testdata/testdata.csv, line 62 has 2 values, but the header has 5 columns",
        "hint: correct the file or remove it",
      ],
    ],
    [
      "that is empty",
      () => "",
      ["error: testdata/testdata.csv: the file is empty", "hint: correct the file or remove it"],
    ],
    [
      "of only a header",
      () => HEADER,
      ["error: testdata/testdata.csv: the file has only a header", "hint: correct the file or remove it"],
    ],
  ])("%s, is exit 3", (_, content, told) => {
    workspace.write({ "testdata/testdata.csv": content() });
    const before = earlierState(workspace);
    const done = workspace.run(["score"]);
    expect([done.status, done.stdout, errorOf(done)]).toEqual([3, "", told]);
    expect(earlierState(workspace)).toEqual(before);
    workspace.write({ "testdata/testdata.csv": test });
  });

  it("that is not there, is exit 4; deploy and fullprocess leave production alone", () => {
    const copy = workspace.copy();
    copy.write({ "testdata/testdata.csv": null });
    copy.ok("train", "--seed", "7");
    const before = earlierState(copy);
    for (const command of ["score", "deploy", "fullprocess"]) {
      const done = copy.run([command]);
      expect([done.status, errorOf(done)]).toEqual([
        4,
        [
          "error: no test data: testdata has no file that matches **/*.{csv,csv.gz,tsv,tsv.gz,json,json.gz,jsonl,jsonl.gz,ndjson,ndjson.gz,parquet}",
          'hint: put labelled rows there, or set "test_data_path" in config.json',
        ],
      ]);
      expectKept(copy, before);
    }
    copy.write({ "testdata/testdata.csv": test });
    expect(answers(copy)).toBe(answered);
  });

  it("that lost a column: neither deploy, with or without force, nor fullprocess breaks production", () => {
    const copy = workspace.copy();
    copy.ok("train", "--seed", "7");
    copy.write({ "testdata/testdata.csv": test.replace("lastmonth_activity", "month") });
    const before = earlierState(copy);
    for (const line of ["deploy", "deploy --force", "fullprocess"]) {
      const done = copy.run(line.split(" "));
      expect([done.status, errorOf(done)[0]], line).toEqual([3, "error: the data does not fit the model"]);
      expectKept(copy, before);
    }
    copy.write({ "testdata/testdata.csv": test });
    expect(answers(copy)).toBe(answered);
  });
});

const RETRAIN = "hint: restore the file from a backup, or run `mlctl train`";

describe("a trained model that was", () => {
  it.each<[string, (path: string, copy: LifecycleWorkspace) => void, RegExp]>([
    [
      "cut off",
      (path, copy) => truncateSync(join(copy.folder, path), 1000),
      /^error: the model .* is truncated after 1000 characters$/,
    ],
    ["emptied", (path, copy) => copy.write({ [path]: "" }), /^error: the model .* is empty$/],
    [
      "edited",
      (path, copy) => copy.write({ [path]: copy.read(path).replace(/0\.\d{3}/, "0.999") }),
      /^error: the model .* was edited: its content does not match its checksum$/,
    ],
    ["removed", (path, copy) => rmSync(join(copy.folder, path)), /^error: there is no model .*trainedmodel_/],
  ])("%s is refused by score, deploy, report and predict; the deployed one answers as before", (_, damage, message) => {
    const copy = workspace.copy();
    copy.ok("train", "--seed", "7");
    const path = `models/${copy.names("models", /^trainedmodel_/).at(-1)}`;
    damage(path, copy);
    const before = earlierState(copy);
    for (const line of [
      "score",
      "deploy",
      "deploy --force",
      "report",
      "predict testdata/testdata.csv --model latest",
    ]) {
      const done = copy.run(line.split(" "));
      expect([done.status, done.stdout, errorOf(done)], line).toEqual([
        3,
        "",
        [expect.stringMatching(message), RETRAIN],
      ]);
    }
    expectKept(copy, before);
    expect(answers(copy)).toBe(answered);
    const { status, stdout } = copy.run(["verify"]);
    expect([status, stdout.split("\n")[1]]).toEqual([3, expect.stringContaining(`artifact ${path}\tfail\t`)]);
  });

  it("is said of a path that is no model, and of one that is not there", () => {
    const told = (path: string): [number | null, string[]] => {
      const done = workspace.run(["predict", "testdata/testdata.csv", "--model", path]);
      return [done.status, errorOf(done)];
    };
    expect(told("config.json")).toEqual([
      3,
      [
        expect.stringMatching(/config\.json is not an mlctl model/),
        "hint: give the path of a trainedmodel_<stamp>.json",
      ],
    ]);
    expect(told("models/nowhere.json")).toEqual([
      2,
      ["error: model file not found: models/nowhere.json", "hint: check the path, or run `mlctl models list`"],
    ]);
  });
});

describe("the deployed model", () => {
  const release = ({ folder }: LifecycleWorkspace): string => {
    const releases = "production_deployment/releases";
    return `${releases}/${readdirSync(join(folder, releases))[0]}/trainedmodel.json`;
  };

  it("when damaged is refused, reported by doctor and verify, and restored by the next command that writes", () => {
    for (const line of ["deploy", "fullprocess"]) {
      const copy = workspace.copy();
      const path = release(copy);
      const whole = earlierState(copy);
      const bytes = copy.read(path);
      copy.write({ [path]: bytes.slice(0, 500), "production_deployment/trainedmodel.json": "{}" });
      const done = copy.run(["predict", "testdata/testdata.csv"]);
      expect([done.status, done.stdout, errorOf(done)]).toEqual([
        3,
        "",
        [
          expect.stringMatching(/^error: the model .*releases.* is truncated after 500 characters$/),
          "hint: run `mlctl deploy` to restore it from the models folder, or `mlctl deploy --rollback`",
        ],
      ]);
      expect(copy.run(["doctor"])).toMatchObject({
        status: 1,
        stdout: expect.stringContaining(`artifact ${path}\tfail`),
      });
      const { status, stderr } = copy.run([line]);
      expect([status, stderr.split("\n")[0]]).toEqual([0, `warning: ${path} was damaged and has been restored`]);
      expect(copy.read(path)).toBe(bytes);
      expect(Object.keys(earlierState(copy))).toEqual(Object.keys(whole));
      expect(answers(copy)).toBe(answered);
      expect(copy.run(["verify"]).status).toBe(0);
    }
  });

  it("when damaged and nowhere else to be had leaves the way back to the deployment before", () => {
    const copy = workspace.copy();
    copy.ok("train", "--seed", "7");
    copy.ok("deploy", "--force");
    const [, second] = readdirSync(join(copy.folder, "production_deployment/releases"));
    for (const path of [
      `production_deployment/releases/${second}/trainedmodel.json`,
      `models/${copy.names("models", /^trainedmodel_/).at(-1)}`,
      "production_deployment/trainedmodel.json",
    ])
      writeFileSync(join(copy.folder, path), "gone");
    expect(copy.run(["predict", "testdata/testdata.csv"]).status).toBe(3);
    copy.ok("deploy", "--rollback");
    expect(answers(copy)).toBe(answered);
  });

  it("whose deployment.json was cut off is not guessed", () => {
    const copy = workspace.copy();
    truncateSync(join(copy.folder, "production_deployment/deployment.json"), 100);
    const before = earlierState(copy);
    for (const line of ["predict testdata/testdata.csv", "deploy", "diagnose", "fullprocess"]) {
      const done = copy.run(line.split(" "));
      expect([done.status, done.stdout, errorOf(done)], line).toEqual([
        3,
        "",
        [
          expect.stringMatching(/^error: the record .*deployment\.json cannot be read: it is not JSON$/),
          expect.stringMatching(/^hint: restore it from a backup .*, or delete it and run `mlctl deploy`/),
        ],
      ]);
      expectKept(copy, before);
    }
  });
});

it("after all of that nothing of the workspace itself has changed", () => {
  expect(answers(workspace)).toBe(answered);
  expect(workspace.run(["verify"])).toMatchObject({ status: 0 });
});
