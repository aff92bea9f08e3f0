/** 50 MB from real servers over a connection that is cut off at every tenth: the file is whole, or all is as before. */
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import tls from "node:tls";
import pg from "pg";
import { afterAll, expect, it } from "vitest";
import { sha256, snapshot, temporaryFolder } from "../../acceptance/lifecycleWorkspace.ts";
import { connectionCutter } from "../../testing/interruptions.ts";
import { exampleCsv, exampleWorkspace } from "../../testing/exampleWorkspace.ts";
import { postgresServer } from "../../testing/postgresServer.ts";
import { s3Server } from "../../testing/s3Server.ts";
import { fetchSources } from "./fetchSources.ts";
import { ingest } from "./ingest.ts";

const ROWS = 100_000;
const line = (i: number): string => `${i},${i % 97},${"p".repeat(490)},${i % 3 === 0 ? "yes" : "no"}\n`;
const big = Buffer.from(`x,z,w,leaves\n${Array.from({ length: ROWS }, (_, i) => line(i)).join("")}`);
/** Bytes of the response, with its headers: the last is within the last kilobyte. */
const cuts = Array.from({ length: 11 }, (_, tenth) => Math.max(20_000, Math.floor((big.length * tenth) / 10)));

const environment = { ...process.env };
const closing: (() => unknown)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
  process.env = environment;
});

type Headers = Readonly<Record<string, string | number>>;

const [withLength, inChunks] = [{ "content-length": big.length }, { "transfer-encoding": "chunked" }];

async function httpSource(headers: Headers, certificate?: Certificate) {
  const respond: Parameters<typeof createServer>[1] = (_request, response) =>
    void response.writeHead(200, headers).end(big);
  const server = certificate === undefined ? createServer(respond) : createSecureServer(certificate, respond);
  await once(server.listen(0, "127.0.0.1"), "listening");
  closing.push(() => server.close());
  const port = (server.address() as AddressInfo).port;
  const scheme = certificate === undefined ? "http" : "https";
  return { port, addressed: (proxy: number): string => `${scheme}://127.0.0.1:${proxy}/rows.csv` };
}

type Certificate = Readonly<Record<"key" | "cert", string>>;

/** A certificate that this process trusts; why not, where it cannot be made. */
function trustedCertificate(): Certificate | string {
  if (typeof tls.setDefaultCACertificates !== "function") return "skipped: trusting a certificate needs Node >= 22.19";
  const [key, cert] = ["key", "cert"].map((name) => join(temporaryFolder(), name)) as [string, string];
  const names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
  const made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out", cert, ...names];
  const { status, stderr, error } = spawnSync("openssl", made, { encoding: "utf8" });
  if (status !== 0) return `skipped: openssl made no certificate: ${error?.message ?? stderr}`;
  const certificate = { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
  tls.setDefaultCACertificates([...tls.getCACertificates("default"), certificate.cert]);
  return certificate;
}

const certificate = trustedCertificate();
const postgres = await postgresServer();
for (const reason of [certificate, postgres]) if (typeof reason === "string") console.warn(reason);

async function databaseSource({ create, port }: Exclude<typeof postgres, string>) {
  const url = await create("rows");
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(
    `CREATE TABLE rows AS SELECT i AS x, i % 97 AS z, repeat('p', 490) AS w,
       CASE WHEN i % 3 = 0 THEN 'yes' ELSE 'no' END AS leaves FROM generate_series(0, ${ROWS - 1}) i`,
  );
  await client.end();
  const addressed = (proxy: number) => ({ url: url.replace(`:${port}/`, `:${proxy}/`), query: "SELECT * FROM rows" });
  return { port, addressed };
}

async function bucketSource() {
  const { client, variables, stop } = await s3Server(temporaryFolder(), "rows");
  closing.push(stop);
  await client.send(new PutObjectCommand({ Bucket: "rows", Key: "big/rows.csv", Body: big }));
  const port = Number(new URL(variables["AWS_ENDPOINT_URL"]!).port);
  const addressed = (proxy: number): string => {
    Object.assign(process.env, variables, { AWS_ENDPOINT_URL: `http://127.0.0.1:${proxy}` });
    return "s3://rows/big";
  };
  return { port, addressed };
}

const servers: [
  string,
  () => Promise<{ port: number; addressed: (proxy: number) => string | Record<string, string> }>,
][] = [
  ["an address that names the length", () => httpSource(withLength)],
  ["an address that sends chunks", () => httpSource(inChunks)],
  ["a bucket", bucketSource],
];
if (typeof certificate !== "string") {
  servers.push(["an address over TLS that names the length", () => httpSource(withLength, certificate)]);
  servers.push(["an address over TLS that sends chunks", () => httpSource(inChunks, certificate)]);
}
if (typeof postgres !== "string") servers.push(["a database", () => databaseSource(postgres)]);

it.each(servers)("%s", async (source, start) => {
  const { port, addressed } = await start();
  let limit = Infinity;
  const cutter = connectionCutter(port, () => limit);
  closing.push(() => cutter.close());
  const download = { timeout: "60s", retries: 0, retry_delay: "10ms" };
  const sources = [addressed(await cutter.port)];
  const example = await exampleWorkspace(
    { target: "leaves", ingest: { sources, download } },
    { "sourcedata/earlier.csv": exampleCsv(1, 20) },
  );
  const kept = () =>
    Object.entries(snapshot(example.folder))
      .filter(([path]) => !/^\/?$|mlctl\.db/.test(path))
      // A temporary file changes the times of its folder.
      .map(([path, state]) => [path, state.startsWith("folder ") ? "folder" : state]);
  await example.change((session) => ingest(session));
  const before = kept();
  await example.change(async (session) => {
    for (limit of cuts) {
      expect(await fetchSources(session), `cut off after ${limit} bytes`).toMatchObject([{ status: "failed" }]);
      expect(kept()).toEqual(before);
    }
    limit = Infinity;
    expect(await fetchSources(session)).toMatchObject([{ status: "new" }]);
    const files = example.list("sourcedata").filter((name) => name.endsWith(".csv") && name !== "earlier.csv");
    // What a database sends becomes a file of JSON lines.
    const hashes = source === "a database" ? [] : [sha256(big)];
    expect(files.map((name) => sha256(example.read(`sourcedata/${name}`)))).toEqual(hashes);
    expect(await ingest(session)).toMatchObject({ status: "ingested", dataset: { rows: ROWS + 20 } });
  });
});
