/** Bad training data: what is said, with which exit code, and that the deployed model and all records stay as they were. */
import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { answers, earlierState, errorOf, expectKept, HEADER, rows, smallWorkspace } from "./badInput.ts";
import { sha256, type Finished, type LifecycleWorkspace, type RunOptions } from "./lifecycleWorkspace.ts";

interface IngestJson {
  readonly dataset: { readonly rows: number; readonly columns: number };
  readonly rejected: readonly { readonly path: string; readonly reason: string; readonly line?: number }[];
  readonly notes: readonly string[];
}

let workspace: LifecycleWorkspace;
let before: Record<string, string>;
let answered: string;
beforeAll(() => {
  workspace = smallWorkspace();
  before = earlierState(workspace);
  answered = answers(workspace);
});

type Files = Readonly<Record<string, string | Buffer>>;

let cases = 0;
/** An input folder of its own for each case, so that each is the first ingestion of new files. */
function inputOf(files: Files): { folder: string; options: RunOptions } {
  const folder = `case${++cases}`;
  mkdirSync(join(workspace.folder, folder));
  workspace.write(Object.fromEntries(Object.entries(files).map(([name, content]) => [`${folder}/${name}`, content])));
  return { folder, options: { environment: { MLCTL_INPUT_FOLDER_PATH: folder } } };
}

const good = HEADER + rows(40);
const renamed = (from: string, to: string): string => good.replace(from, to);

describe("no model can be made of data", () => {
  it.each<[string, Files, string[]]>([
    [
      "without the target column",
      { "a.csv": renamed("exited", "left") },
      [
        'error: the data has no target column "exited"',
        "hint: available columns: corporation, lastmonth_activity, lastyear_activity, number_of_employees, left",
      ],
    ],
    [
      "with a misspelt target column",
      { "a.csv": renamed("exited", "exitd") },
      ['error: the data has no target column "exited"', 'hint: did you mean "exitd"? set "target" in config.json'],
    ],
    [
      "whose target has one class",
      { "a.csv": HEADER + rows(40, (cells) => [...cells.slice(0, 4), "1"]) },
      [
        'error: target column "exited" has only one class (1): there is nothing to learn',
        'hint: add rows of another class, or check "ingest.where"',
      ],
    ],
    [
      "whose target is missing in every row",
      { "a.csv": HEADER + rows(40, (cells) => [...cells.slice(0, 4), ""]) },
      [
        'error: target column "exited" has no value in any row',
        'hint: add rows with a target value, or set "target" in config.json to another column',
      ],
    ],
    [
      "without a value in any feature",
      { "a.csv": HEADER + rows(40, ([name, , , , exited]) => [name!, "", "", "", exited!]) },
      [
        "error: no columns left to train on",
        'hint: 3 columns are not used: no row has a value: "lastmonth_activity", "lastyear_activity", "number_of_employees"',
      ],
    ],
    [
      "of two rows",
      { "a.csv": HEADER + rows(2) },
      [
        "error: the split leaves no validation rows (2 rows, method stratified)",
        'hint: change "train.split" in config.json, or ingest more rows',
      ],
    ],
  ])("%s: exit 3, and what to do", (_, files, told) => {
    const done = workspace.run(["fullprocess"], inputOf(files).options);
    expect([done.status, done.stdout, errorOf(done)]).toEqual([3, "", told]);
    expectKept(workspace, before);
  });

  it("a missing id column is reported, since the intended one would become a feature", () => {
    const { options } = inputOf({ "a.csv": renamed("corporation", "corporations") });
    const { status, stderr } = workspace.run(["fullprocess", "--dry-run"], options);
    expect(status, stderr).toBe(0);
    workspace.run(["ingest"], options);
    expect(workspace.run(["train"], options).stderr).toContain(
      'warning: id_columns: the data has no column "corporation"; did you mean "corporations"?\n',
    );
    expectKept(workspace, before);
  });
});

const BINARY =
  'the file may be binary, damaged, or UTF-16 without a byte order mark: then set "ingest": {"encoding": "utf-16le"}';

describe("files that cannot be read", () => {
  const cut = gzipSync(good).subarray(0, 60);
  const unreadable: readonly [what: string, name: string, content: string | Buffer, reason: string][] = [
    ["nothing in it", "a.csv", "", ": the file is empty"],
    ["only a header", "a.csv", HEADER, ": the file has only a header"],
    ["a row that is too short", "a.csv", `${good}x,1,2\n`, ", line 42 has 3 values, but the header has 5 columns"],
    [
      "a row that is too long",
      "a.csv",
      `${HEADER}x,1,2,3,1,9\n${rows(9)}`,
      ", line 2 has 6 values, but the header has 5 columns",
    ],
    [
      "a quote that stays open",
      "a.csv",
      `${HEADER}"x,1,2,3,1\n${rows(9)}`,
      ', line 2, column "corporation": a quote is not closed (close the quote, or set "ingest": {"quote": ""} if quotes are ordinary characters in this file)',
    ],
    ["a NUL byte", "a.csv", `${good}x\0y,1,2,3,1\n`, `, line 42 contains a NUL byte (${BINARY})`],
    [
      "UTF-16 without a byte order mark",
      "a.csv",
      Buffer.from(good, "utf16le"),
      `, line 1 contains a NUL byte (${BINARY})`,
    ],
    [
      "two encodings",
      "a.csv",
      Buffer.concat([Buffer.from(`${good}Zürich,1,2,3,1\n`), Buffer.from("Köln,1,2,3,1\n", "latin1")]),
      ', line 43 is not UTF-8, but earlier text is (correct this line; if the whole file is windows-1252, set "ingest": {"encoding": "windows-1252"} (for init and split: --encoding windows-1252))',
    ],
    [
      "a column name twice",
      "a.csv",
      renamed("lastyear_activity", "lastmonth_activity"),
      ', line 1: two columns are called "lastmonth_activity" (rename one of them, or name all columns in "ingest.names", with "skip_lines": 1 to skip a header)',
    ],
    [
      "two names that differ in letter case",
      "a.csv",
      renamed("lastyear_activity", "Lastmonth_Activity"),
      ', line 1: columns "lastmonth_activity" and "Lastmonth_Activity" differ only in letter case (rename one of them, or name all columns in "ingest.names", with "skip_lines": 1 to skip a header)',
    ],
    ["a gzip that was cut off", "a.csv.gz", cut, ": the gzip data is damaged: unexpected end of file"],
    [
      "no Parquet in a .parquet",
      "a.parquet",
      "PAR1 garbage",
      ": not a Parquet file: No magic bytes found at end of file",
    ],
    ["JSON that was cut off", "a.json", '[{"exited":1},\n{"exited":0},\n', ": not JSON: unexpected end of input"],
    ["JSON that is a number", "a.json", "5", ": the file has no rows: each row must be an object"],
    [
      "JSON that is one object",
      "a.json",
      '{"updated": "today", "companies": [{"exited": 1}]}',
      ': the file is one object, not an array of rows (set ingest.records to the array that contains the rows: "companies")',
    ],
    [
      "JSON lines with a bad one",
      "a.jsonl",
      '{"exited":1}\n{"exited":\n{"exited":0}\n',
      ", line 2 is not JSON: unexpected end of input",
    ],
  ];
  let folder: string;
  let done: Finished;
  /** All at once: each is set aside for itself. */
  beforeAll(() => {
    const files = unreadable.map(([, name, content], i) => [`${letter(i)}/${name}`, content] as const);
    const input = inputOf(Object.fromEntries(files));
    folder = input.folder;
    done = workspace.run(["fullprocess"], input.options);
  });
  const letter = (i: number): string => String.fromCharCode(97 + i);

  it("are exit 3 where there is no other, and each is named", () => {
    expect([done.status, done.stdout, errorOf(done)]).toEqual([
      3,
      "",
      [
        "error: no input file could be read",
        ...unreadable.map(([, name, , reason], i) => `  ${folder}/${letter(i)}/${name}${reason}`),
        "hint: fix the files; copies are in ingesteddata/rejected",
      ],
    ]);
    expectKept(workspace, before);
  });

  it.each(unreadable.map(([what, name, content, reason], i) => ({ what, name, content, reason, i })))(
    "$what: told once, and set aside with its reason",
    ({ name, content, reason, i }) => {
      const path = `${folder}/${letter(i)}/${name}`;
      expect(done.stderr.split(`${path}${reason}\n`)).toHaveLength(2);
      const kept = `${sha256(content).slice(0, 12)}_${name}`;
      expect(sha256(readFileSync(join(workspace.folder, "ingesteddata/rejected", kept)))).toBe(sha256(content));
      expect(workspace.read(`ingesteddata/rejected/${kept}.reason.txt`)).toBe(`${path}${reason}\n`);
    },
  );
});

describe("a file is rejected and reported", () => {
  it.each<[string, (folder: string) => void, string]>([
    ["a link to itself", (folder) => symlinkSync("loop.csv", join(folder, "loop.csv")), "loop.csv: broken link"],
    [
      "a link out of the folder",
      (folder) => symlinkSync("/etc/passwd", join(folder, "link.csv")),
      "link.csv: link to a file outside the folder",
    ],
  ])("%s", (_, make, told) => {
    const alone = inputOf({});
    make(join(workspace.folder, alone.folder));
    const done = workspace.run(["ingest"], alone.options);
    expect([done.status, errorOf(done)]).toEqual([
      3,
      [
        `error: ${alone.folder} has no readable file`,
        `  skipped ${alone.folder}/${told}`,
        "hint: grant read permission on the files, or copy them there",
      ],
    ]);
    const beside = inputOf({ "good.csv": good });
    make(join(workspace.folder, beside.folder));
    const { status, stderr } = workspace.run(["ingest"], beside.options);
    expect([status, stderr.split("\n")[0]]).toEqual([0, `warning: skipped ${beside.folder}/${told}`]);
    expectKept(workspace, before);
  });

  it("a folder whose name is that of a file is looked into", () => {
    const { folder, options } = inputOf({ "rows.csv/a.csv": good });
    const { stdout, stderr } = workspace.run(["ingest", "--json"], options);
    expect(JSON.parse(stdout), stderr).toMatchObject({
      dataset: { rows: 40 },
      files: [{ path: `${folder}/rows.csv/a.csv` }],
    });
    mkdirSync(join(workspace.folder, folder, "empty.csv"));
    expect(workspace.run(["ingest"], options)).toMatchObject({ status: 0 });
  });

  it.each([
    ["nowhere", 4, "nowhere does not exist", "check the path"],
    ["loop.csv", 3, "loop.csv is a broken link", "fix the link"],
  ])("%s as an argument is exit %i", (path, status, message, hint) => {
    if (path === "loop.csv") symlinkSync(path, join(workspace.folder, path));
    const done = workspace.run(["ingest", path]);
    expect([done.status, errorOf(done)]).toEqual([status, [`error: ${message}`, `hint: ${hint}`]]);
    expectKept(workspace, before);
  });
});

it("a file of another table beside good ones is rejected with its columns, unless the settings say otherwise", () => {
  const other = "ticket,subject\n1,login fails\n";
  const { folder, options } = inputOf({ "a.csv": good, "tickets.csv": other });
  const done = workspace.run(["ingest", "--json"], options);
  expect(done.stderr).toContain(
    `warning: ${folder}/tickets.csv was rejected: has no "exited" (the target), which other files have; its columns: "ticket", "subject" ("ingest": { "other_columns": "fill" } reads it and leaves these values missing)\n`,
  );
  expect(JSON.parse(done.stdout)).toMatchObject({ dataset: { rows: 40, columns: 5 }, files: [{ rows: 40 }] });
  const filled = { environment: { ...options.environment, MLCTL_INGEST_OTHER_COLUMNS: "fill" } };
  expect(JSON.parse(workspace.run(["ingest", "--json"], filled).stdout)).toMatchObject({
    reason: "1 new or changed file, the ingest settings changed",
    dataset: { rows: 41, columns: 7 },
    rejected: [],
  });
});

describe("data that can be used after all", () => {
  const ingest = (files: Files): { result: IngestJson; stderr: string; options: RunOptions; folder: string } => {
    const { folder, options } = inputOf(files);
    const { status, stdout, stderr } = workspace.run(["ingest", "--json"], options);
    expect(status, stderr).toBe(0);
    return { result: JSON.parse(stdout) as IngestJson, stderr, options, folder };
  };

  it("in UTF-16 with a byte order mark is read", () => {
    const name = (cells: string[]): string[] => [`Zürich ${cells[0]}`, ...cells.slice(1)];
    const { result } = ingest({ "a.csv": Buffer.from(`\uFEFF${HEADER}${rows(30, name)}`, "utf16le") });
    expect(result).toMatchObject({ dataset: { rows: 30, columns: 5 }, rejected: [] });
    const newest = workspace.names("ingesteddata", /^finaldata_/).at(-1);
    expect(workspace.read(`ingesteddata/${newest}`)).toContain("Zürich c29,39,390,2,0\n");
  });

  it("with a column without values is trained on without it, also reported by fullprocess", () => {
    const { options } = inputOf({ "a.csv": HEADER + rows(40, ([name, , ...rest]) => [name!, "", ...rest]) });
    const { status, stderr } = workspace.run(["fullprocess"], options);
    expect(status, stderr).toBe(0);
    expect(stderr).toContain('note: column "lastmonth_activity" is not used: no row has a value\n');
  });

  it("with rows without a target is trained on without them, and says which", () => {
    const { result, options } = ingest({
      "a.csv": HEADER + rows(40, (cells, row) => (row % 10 === 3 ? [...cells.slice(0, 4), ""] : cells)),
    });
    expect(result.dataset.rows).toBe(40);
    const { status, stderr } = workspace.run(["train"], options);
    expect(status, stderr).toBe(0);
    expect(stderr).toContain('warning: 4 rows have no "exited" and are dropped; first: data row 4\n');
  });

  it("of files with different columns is joined by name, and what is missing is said with paths of the workspace", () => {
    const { result, stderr, folder } = ingest({ "a.csv": good, "b.csv": "corporation,exited,note\nx,1,hello\n" });
    const notes = [
      `${folder}/a.csv has no column "note": filled with missing values`,
      `${folder}/b.csv has no columns "lastmonth_activity", "lastyear_activity", "number_of_employees": filled with missing values`,
    ];
    expect(result).toMatchObject({ dataset: { rows: 41, columns: 6 }, notes });
    for (const note of notes) expect(stderr).toContain(`warning: ${note}\n`);
  });
});

it("after all of that the deployed model predicts as before, and every recorded byte verifies", () => {
  expect(answers(workspace)).toBe(answered);
  expect(workspace.run(["verify"])).toMatchObject({ status: 0 });
});
