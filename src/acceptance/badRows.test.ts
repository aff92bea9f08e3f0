/** Bad rows for predict, from files and pipes: exit code, place and hint; what was written before stays. */
import { spawnSync } from "node:child_process";
import { statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { random } from "../core/random.ts";
import { answers, errorOf, smallWorkspace } from "./badInput.ts";
import { bin, environment, snapshot, type LifecycleWorkspace } from "./lifecycleWorkspace.ts";

let workspace: LifecycleWorkspace;
let answered: string;
beforeAll(() => {
  workspace = smallWorkspace();
  workspace.ok("models", "alias", "staging", "v1");
  answered = answers(workspace);
});

const header = "corporation,lastmonth_activity,lastyear_activity,number_of_employees\n";
const good = "a,20,300,5\n";
const json = '{"lastmonth_activity":20,"lastyear_activity":300,"number_of_employees":5}\n';

const COLUMNS = "hint: provide the columns listed by `mlctl models show`";
const GUARD =
  "hint: `--reject-file rejected.csv` rejects such rows and predicts the others; with `--guard`, also rows with new categories or with numbers outside the training range";
const MIXED =
  'hint: correct this line; if the whole file is windows-1252, set "ingest": {"encoding": "windows-1252"} (for init and split: --encoding windows-1252)';
const BINARY =
  'hint: the file may be binary, damaged, or UTF-16 without a byte order mark: then set "ingest": {"encoding": "utf-16le"}';

function noise(count: number): Buffer {
  const { integer } = random(3);
  return Buffer.from(Array.from({ length: count }, () => integer(256)));
}

describe("rows from a pipe", () => {
  it.each<[string, string | Buffer, string[]]>([
    [
      "with a column missing",
      "corporation,lastyear_activity,number_of_employees\na,300,5\n",
      ["error: the rows lack a column that the model needs", '  column "lastmonth_activity" is missing', COLUMNS],
    ],
    [
      "with a column renamed",
      header.replace("lastmonth_activity", "lastmonth_activty") + good,
      [
        "error: the rows lack a column that the model needs",
        '  column "lastmonth_activity" is missing; did you rename it to "lastmonth_activty"?',
        COLUMNS,
      ],
    ],
    [
      "with a text for a number",
      `${header}${good}b,many,300,5\n`,
      ['error: stdin, line 3: column "lastmonth_activity": "many" is not a number', GUARD],
    ],
    ["too short", `${header}${good}b,1,2\n`, ["error: stdin, line 3: 3 values, but the header has 4 columns", GUARD]],
    [
      "too long",
      `${header}${good}b,1,2,3,4\n`,
      ["error: stdin, line 3: 5 values, but the header has 4 columns", GUARD],
    ],
    [
      "with a quote that stays open",
      `${header}${good}"b,1,2,3\nc,1,2,3\n`,
      [
        'error: stdin, line 3, column "corporation": a quote is not closed',
        'hint: close the quote, or set "ingest": {"quote": ""} if quotes are ordinary characters in this file',
      ],
    ],
    ["that are none", "", ["error: stdin is empty", "hint: the first line must name the columns"]],
    ["of blank lines", "\n\n", ["error: stdin is empty", "hint: the first line must name the columns"]],
    [
      "with a column twice",
      header.replace("lastyear_activity", "lastmonth_activity") + good,
      [
        'error: stdin, line 1: two columns are called "lastmonth_activity"',
        'hint: rename one of them, or name all columns in "ingest.names", with "skip_lines": 1 to skip a header',
      ],
    ],
    ["with a NUL byte", `${header}${good}b\0,1,2,3\n`, ["error: stdin, line 3 contains a NUL byte", BINARY]],
    [
      "in two encodings",
      Buffer.concat([Buffer.from(`${header}Zürich,1,2,3\n`), Buffer.from("Köln,1,2,3\n", "latin1")]),
      ["error: stdin, line 3 is not UTF-8, but earlier text is", MIXED],
    ],
    [
      "in gzip",
      gzipSync(header + good),
      ["error: stdin is gzip, not text", "hint: decompress it first, for example with gunzip"],
    ],
    [
      "that are noise",
      noise(5000),
      [
        expect.stringMatching(/^error: stdin, line \d+ (contains a NUL byte|is not UTF-8)/),
        expect.stringMatching(/^hint: /),
      ],
    ],
    [
      "that are JSON lines",
      json,
      [
        "error: stdin, line 1: this is JSON, not CSV",
        "hint: name a file of JSON Lines .jsonl, or give predict and labels --input-format jsonl; convert an array with `jq -c '.[]'`",
      ],
    ],
  ])("%s are exit 3", (_, input, told) => {
    const before = snapshot(workspace.folder);
    const done = workspace.run(["predict"], { input });
    expect([done.status, done.stdout, errorOf(done)]).toEqual([3, "", told]);
    expect(snapshot(workspace.folder)).toEqual(before);
  });

  const NO_OBJECT =
    "hint: JSON Lines has one object per line: convert an array with `jq -c '.[]'`, read CSV with --input-format csv";
  it.each<[string, string, string[]]>([
    [
      "with one cut off",
      `${json}{"lastmonth_activity":\n`,
      [expect.stringMatching(/^error: stdin, line 2: not JSON: /), GUARD],
    ],
    ["with a list among them", `${json}[1]\n`, ["error: stdin, line 2: not a JSON object", GUARD]],
    [
      "with an object for a number",
      json.replace("20", '{"a":1}'),
      ['error: stdin, line 1: column "lastmonth_activity": an object is not a number', GUARD],
    ],
    [
      "without a column",
      '{"lastmonth_activity":20,"lastyear_activity":300}\n',
      ["error: the rows lack a column that the model needs", '  column "number_of_employees" is missing', COLUMNS],
    ],
    ["that are CSV", header + good, [expect.stringMatching(/^error: stdin, line 1: not JSON: /), NO_OBJECT]],
    ["that are one array", `[${json}]`.replaceAll("\n", ""), ["error: stdin, line 1: not a JSON object", NO_OBJECT]],
  ])("as JSON lines, %s, are exit 3", (_, input, told) => {
    const done = workspace.run(["predict", "--input-format", "jsonl"], { input });
    expect([done.status, done.stdout, errorOf(done)]).toEqual([3, "", told]);
  });

  it("in UTF-16 with a byte order mark are predicted", () => {
    const input = Buffer.from(`\uFEFF${header}Zürich,20,300,5\n`, "utf16le");
    const { status, stdout } = workspace.run(["predict", "-q"], { input });
    expect([status, stdout.split("\n")[1]]).toEqual([0, expect.stringMatching(/^Zürich,20,300,5,[01],0\.\d+$/)]);
  });
});

describe("the model asked for", () => {
  it.each([
    ["v9", "there is no model v9", "the newest is v1"],
    ["@stagin", "there is no alias @stagin", "did you mean @staging?"],
    ["@nobody", "there is no alias @nobody", "`mlctl models list` shows the aliases"],
    ["zzzz", "there is no run zzzz", "`mlctl runs list` shows them"],
  ])("%s is not there: exit 2", (reference, message, hint) => {
    const done = workspace.run(["predict", "--model", reference], { input: header + good });
    expect([done.status, done.stdout, errorOf(done)]).toEqual([2, "", [`error: ${message}`, `hint: ${hint}`]]);
  });
});

describe("a file of rows", () => {
  it("that is a link to itself is exit 3", () => {
    symlinkSync("loop.csv", join(workspace.folder, "loop.csv"));
    const done = workspace.run(["predict", "loop.csv"]);
    expect([done.status, done.stdout, errorOf(done)[0]]).toEqual([
      3,
      "",
      expect.stringMatching(/^error: loop\.csv: .*link/),
    ]);
  });

  it.each(["csv", "json", "parquet", "xlsx"])("that is not there is exit 3, also where it is called .%s", (ending) => {
    const done = workspace.run(["predict", `no.${ending}`]);
    expect([done.status, errorOf(done)]).toEqual([3, [`error: no.${ending}: there is no such file`]]);
  });
});

describe("-o", () => {
  it.each([
    ["models", "it is a folder", "remove the folder, or correct the path"],
    ["config.json/answers.csv", "a part of the path is a file, not a folder", "correct the path"],
  ])("%s cannot be written: exit 1", (path, message, hint) => {
    const before = snapshot(workspace.folder);
    const done = workspace.run(["predict", "testdata/testdata.csv", "-o", path]);
    expect([done.status, done.stdout, errorOf(done)]).toEqual([
      1,
      "",
      [`error: cannot write ${path}: ${message}`, `hint: ${hint}`],
    ]);
    expect(files(snapshot(workspace.folder))).toEqual(files(before));
  });

  /** A temporary file came and went: the folder's own time is another. */
  const files = (state: Record<string, string>): [string, string][] =>
    Object.entries(state).filter(([, entry]) => !entry.startsWith("folder"));

  // Not /dev/null itself: tests run as root, and a mistake would replace it on the machine.
  it("writes to a pipe or a device as it is, and does not put a file in its place", () => {
    const pipe = join(workspace.folder, "pipe");
    const script = `mkfifo pipe; cat pipe > read.csv & "$NODE" "$BIN" predict testdata/testdata.csv -q -o pipe; wait;
      echo first > stdout.csv; "$NODE" "$BIN" predict testdata/testdata.csv -q -o /proc/self/fd/1 >> stdout.csv;
      "$NODE" "$BIN" report --format md -q -o /proc/self/fd/1 >> report.md`;
    const { status, stderr } = inBash(script);
    expect(status, stderr).toBe(0);
    expect([workspace.read("read.csv"), workspace.read("stdout.csv")]).toEqual([answered, `first\n${answered}`]);
    expect(workspace.read("report.md")).toMatch(/^<!-- mlctl-report -->\n[^]*\| Metric \| Value \|/);
    expect(statSync(pipe).isFIFO()).toBe(true);
  });

  it.each([
    [
      "stdout",
      "",
      "ENOSPC: no space left on device, write",
      "free some space and run the same command again; existing files are unchanged",
    ],
    [
      "a device",
      "-o /proc/self/fd/1",
      "cannot write /proc/self/fd/1: no space left on the device",
      "free some space and run the command again: existing files are unchanged",
    ],
  ])("%s that is full is exit 1", (_, output, message, hint) => {
    const { status, stderr } = inBash(`"$NODE" "$BIN" predict testdata/testdata.csv ${output} > /dev/full`);
    expect([status, stderr.slice(stderr.indexOf("error:")).split("\n").slice(0, 2)]).toEqual([
      1,
      [`error: ${message}`, `hint: ${hint}`],
    ]);
  });
});

function inBash(script: string) {
  return spawnSync("bash", ["--norc", "-c", script], {
    cwd: workspace.folder,
    env: environment({ NODE: process.execPath, BIN: bin }),
    encoding: "utf8",
    timeout: 30_000,
  });
}

describe("--guard", () => {
  it("names each added column otherwise, and says so, where the rows have one of its name", () => {
    const input = `${header.trim()},Prediction,prediction_id,line,reason\na,20,300,5,no,x1,L1,why\nb,many,300,5,no,x2,L2,why\n`;
    const { stdout, stderr } = workspace.run(["predict", "--log", "--guard", "--reject-file", "rejected.csv"], {
      input,
    });
    expect(stdout).toMatch(/,Prediction,prediction_id,line,reason,prediction_2,probability,prediction_id_2\na,20/);
    expect(workspace.read("rejected.csv")).toMatch(/,line,reason,line_2,reason_2\nb,many,300,5,no,x2,L2,why,3,/);
    expect([...stderr.matchAll(/the column that is added is called "(.*)"/g)].map(([, name]) => name)).toEqual([
      "prediction_2",
      "prediction_id_2",
      "line_2",
      "reason_2",
    ]);
  });

  it("rejects unreadable rows, ragged rows and unseen values, and predicts the others", () => {
    const input = `${header}${good}b,many,300,5\nc,1\nd,20,300,99999999\n${good}`;
    const { status, stdout, stderr } = workspace.run(["predict", "--guard", "--reject-file", "rejected.csv"], {
      input,
    });
    expect(status, stderr).toBe(0);
    expect(stdout.trimEnd().split("\n")).toHaveLength(3);
    const rejected = workspace.read("rejected.csv").trimEnd().split("\n");
    expect(rejected).toEqual([
      `${header.trim()},line,reason`,
      'b,many,300,5,3,"column ""lastmonth_activity"": ""many"" is not a number"',
      'c,1,,,4,"2 values, but the header has 4 columns"',
      expect.stringMatching(
        /^d,20,300,99999999,5,"column ""number_of_employees"": 99999999 is outside the training range, \d+ to \d+"$/,
      ),
    ]);
    expect(stderr).toContain(
      'warning: 3 rows rejected, first: line 3: column "lastmonth_activity": "many" is not a number\n',
    );
  });

  it("leaves out less with --reject-file alone: what cannot be read, not what is unusual", () => {
    const input = `${header}${good}b,many,300,5\nc,1\nd,20,300,99999999\n`;
    const { stdout, stderr } = workspace.run(["predict", "--reject-file", "rejected.csv"], { input });
    expect(stdout).toMatch(/^corporation,.*\na,.*\nd,.*\n$/);
    expect(workspace.read("rejected.csv")).toMatch(/^corporation,.*\nb,.*\nc,.*\n$/);
    expect(stderr).toMatch(/1 row outside the training range[^]*2 rows rejected/);
  });
});

it("after all of that the deployed model predicts as before", () => {
  expect(answers(workspace)).toBe(answered);
});
