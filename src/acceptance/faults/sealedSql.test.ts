/** SQL of a stranger's configuration reaches the rows of the input files, and nothing else: no file, no network, no setting. */
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { MlctlError } from "../../core/errors.ts";
import { ingestFiles, type IngestOptions } from "../../data/files/ingestFiles.ts";
import { readTable } from "../../data/files/readTable.ts";
import { temporaryFolder } from "../lifecycleWorkspace.ts";
import { FAULTS_TIMEOUT, isFull, tell } from "./faultCounts.ts";

const SECRET = "k3-secret-of-another-file";

let folder: string;
let input: string;
let secret: string;
let url: string;
let asked = 0;
beforeAll(async () => {
  folder = temporaryFolder();
  input = join(folder, "input.csv");
  secret = join(folder, "secret.csv");
  writeFileSync(input, "a,b\n1,x\n2,y\n");
  writeFileSync(secret, `s\n${SECRET}\n`);
  mkdirSync(join(folder, "models"));
  writeFileSync(join(folder, "models/trainedmodel.json"), `{"s":"${SECRET}"}\n`);
  const server = createServer((_, response) => {
    asked++;
    response.end(`s\n${SECRET}\n`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret.csv`;
});

/** One expression each, as `select` or `where` takes it; FILE, URL and OUT stand for a secret, a server and a new file. */
const expressions: readonly string[] = [
  "(SELECT max(s) FROM read_csv('FILE'))",
  "(SELECT max(s) FROM read_csv_auto('FILE'))",
  "(SELECT content FROM read_text('FILE'))",
  "(SELECT decode(content) FROM read_blob('FILE'))",
  "(SELECT max(s) FROM 'FILE')",
  'list_count((SELECT list(s) FROM "FILE"))',
  "(SELECT count(*) FROM glob('/etc/*'))",
  "(SELECT count(*) FROM glob('FOLDER/**'))",
  "(SELECT max(json) FROM read_json_objects('FOLDER/models/trainedmodel.json'))",
  "(SELECT max(s) FROM read_json('FOLDER/models/*.json'))",
  "(SELECT max(s) FROM read_ndjson('FOLDER/models/trainedmodel.json'))",
  "(SELECT count(*) FROM read_parquet('FILE'))",
  "(SELECT count(*) FROM parquet_metadata('FILE'))",
  "(SELECT count(*) FROM parquet_schema('FILE'))",
  "(SELECT count(*) FROM sniff_csv('FILE'))",
  "(SELECT count(*) FROM read_csv('/dev/stdin'))",
  "(SELECT content FROM read_text('/proc/self/environ'))",
  "(SELECT content FROM read_text('FOLDER/./secret.csv'))",
  "(SELECT content FROM read_text('FOLDER/models/../secret.csv'))",
  "(SELECT content FROM read_text('OUT/../secret.csv'))",
  "(SELECT content FROM read_text(['FILE']))",
  "(SELECT max(s) FROM query('SELECT s FROM read_csv(''FILE'')'))",
  "(SELECT max(s) FROM query_table('FILE'))",
  "(SELECT max(s) FROM read_csv('URL'))",
  "(SELECT max(s) FROM 'URL')",
  "(SELECT content FROM read_text('URL'))",
  "(SELECT max(s) FROM read_csv('s3://bucket/secret.csv'))",
  "(SELECT max(s) FROM 'hf://datasets/a/b.csv')",
  "(SELECT count(*) FROM sqlite_scan('FOLDER/mlctl.db', 'runs'))",
  "(SELECT count(*) FROM postgres_scan('host=127.0.0.1', 'public', 't'))",
  "(SELECT count(*) FROM read_xlsx('FILE'))",
  "(SELECT count(*) FROM st_read('FILE'))",
  "getenv('HOME')",
  "(SELECT getenv('PATH'))",
  "(SELECT count(*) FROM pragma_platform() WHERE getenv('PATH') <> '')",
  "(SELECT count(*) FROM load_extension('x'))",
  "(SELECT count(*) FROM enable_logging('QueryLog', storage = 'file', storage_path = 'OUT'))",
  "(SELECT count(*) FROM enable_profiling(save_location = 'OUT'))",
  "current_setting('secret_directory')",
  "(SELECT count(*) FROM which_secret('s3://x', 's3') WHERE read_text('FILE') IS NOT NULL)",
];

/** Statements, put behind the expression in the ways that have broken other programs. */
const statements: readonly string[] = [
  "COPY (SELECT 1) TO 'OUT'",
  "COPY raw TO 'FOLDER/models/trainedmodel.json'",
  "COPY result FROM 'FILE'",
  "ATTACH 'OUT' AS other",
  "ATTACH 'FOLDER/mlctl.db' (TYPE sqlite)",
  "INSTALL httpfs",
  "LOAD httpfs",
  "LOAD 'OUT'",
  "EXPORT DATABASE 'OUT'",
  "IMPORT DATABASE 'FOLDER'",
  "SET enable_external_access = true",
  "SET allowed_directories = ['/']",
  "SET lock_configuration = false",
  "RESET enable_external_access",
  "SET temp_directory = 'OUT'",
  "SET log_query_path = 'OUT'",
  "PRAGMA enable_profiling; PRAGMA profiling_output = 'OUT'",
  "PRAGMA database_list",
  "CREATE SECRET s (TYPE s3, PROVIDER credential_chain)",
  "CREATE TABLE stolen AS SELECT * FROM read_text('FILE')",
  "CREATE MACRO m() AS TABLE SELECT * FROM read_text('FILE')",
  "INSERT INTO raw SELECT * FROM read_csv('FILE')",
  "DROP VIEW raw",
  "CALL dbgen(sf = 1)",
  "CHECKPOINT",
];

const breakouts: readonly ((statement: string) => string)[] = [
  (statement) => `1); ${statement}; SELECT (1`,
  (statement) => `1); ${statement}; --`,
  (statement) => `1)) ; ${statement}; SELECT ((1`,
  (statement) => `1 /* ; */); ${statement}; SELECT (1 --`,
  (statement) => `(${statement})`,
  (statement) => statement,
];

const filled = (text: string): string =>
  text
    .replaceAll("FILE", secret)
    .replaceAll("FOLDER", folder)
    .replaceAll("URL", url)
    .replaceAll("OUT", join(folder, "stolen"));

/** Every file with its content: what an attack would change. */
function filesNow(): Record<string, string> {
  const names = readdirSync(folder, { recursive: true }) as string[];
  return Object.fromEntries(
    names
      .filter((name) => statSync(join(folder, name)).isFile())
      .toSorted()
      .map((name) => [name, readFileSync(join(folder, name), "utf8")]),
  );
}

/** All in `npm run test:faults`, else one of `few`. */
function everySo<T>(items: readonly T[], few: number): T[] {
  return items.filter((_, i) => isFull || i % few === 0);
}

async function refused(options: Omit<IngestOptions, "output">): Promise<void> {
  const before = filesNow();
  const answer = await ingestFiles([input], { ...options, output: join(folder, "dataset.out") }).catch(
    (error: unknown) => error,
  );
  expect(answer, JSON.stringify(options)).toBeInstanceOf(MlctlError);
  const { kind, message, hint = "" } = answer as MlctlError;
  expect([kind, message.split("\n").length], message).toEqual(["usage", 1]);
  expect(message + hint).not.toContain(SECRET);
  expect(filesNow(), JSON.stringify(options)).toEqual(before);
}

describe("SQL of the configuration", () => {
  it(
    "cannot read another file, the network or the environment",
    async () => {
      const ways = expressions
        .map(filled)
        .flatMap((sql) => [
          { select: { stolen: sql } },
          { where: `CAST(${sql} AS VARCHAR) IS NOT NULL` },
          { where: `a IN (SELECT length(CAST(${sql} AS VARCHAR)))` },
        ]);
      const tried = everySo(ways, 3);
      for (const way of tried) await refused(way);
      expect(asked).toBe(0);
      tell(`SQL: ${tried.length} ways to read another file, an address or a variable refused`);
    },
    FAULTS_TIMEOUT,
  );

  it(
    "cannot run a second statement, or one that is no expression",
    async () => {
      const sqls = statements.map(filled).flatMap((statement) => breakouts.map((breakout) => breakout(statement)));
      const tried = everySo(
        sqls.flatMap((sql) => [{ select: { stolen: sql } }, { where: sql }]),
        11,
      );
      for (const way of tried) await refused(way);
      expect(asked).toBe(0);
      tell(`SQL: ${tried.length} statements that write, attach, load or set refused`);
    },
    FAULTS_TIMEOUT,
  );

  it("is sandboxed in the same way where test data and rows are read", async () => {
    for (const where of [
      "a IN (SELECT length(content) FROM read_text('FILE'))",
      "1); COPY (SELECT 1) TO 'OUT'; SELECT (1",
    ])
      await expect(readTable([input], { where: filled(where) })).rejects.toMatchObject({ kind: "usage" });
  });

  it("cannot come in as a type", async () => {
    const types = [
      "VARCHAR); COPY (SELECT 1) TO 'OUT'; --",
      "INTEGER) FROM read_csv('FILE'); --",
      "INTEGER; ATTACH 'OUT'",
    ];
    for (const type of types) await refused({ types: { a: filled(type) } });
  });

  it("in names of columns, markers of missing values, paths of records and names of files stays text", async () => {
    const text = filled("x'\"); COPY (SELECT 1) TO 'OUT'; --").replaceAll("/", "_");
    const csv = join(folder, `${text}.csv`);
    const json = join(folder, `${text}.json`);
    writeFileSync(csv, `"${text.replaceAll('"', '""')}",b\n1,"${text.replaceAll('"', '""')}"\n2,\n`);
    writeFileSync(json, JSON.stringify({ [text]: [{ [text]: 1 }, { [text]: 2 }] }));
    const before = Object.keys(filesNow());
    const output = join(folder, "dataset.out");
    // DuckDB takes no marker with a quote in it, and says so.
    const marker = text.replaceAll('"', "");
    const done = await ingestFiles([csv], { output, nullValues: ["", marker] });
    expect([done.rows, done.columns.map(({ name }) => name)]).toEqual([2, [text, "b"]]);
    const read = await ingestFiles([json], { output, records: text });
    expect([read.rows, read.rejected]).toEqual([2, []]);
    expect(Object.keys(filesNow())).toEqual([...before, "dataset.out"].toSorted());
  });
});
