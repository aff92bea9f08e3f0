/** 50 MB from real servers over a connection that is cut off at every tenth: the file is whole, or all is as before. */
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, expect, it } from "vitest";
import { sha256, snapshot, temporaryFolder } from "../../acceptance/lifecycleWorkspace.ts";
import { connectionCutter } from "../../testing/interruptions.ts";
import { exampleCsv, exampleWorkspace } from "../../testing/exampleWorkspace.ts";
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

async function httpSource(headers: Readonly<Record<string, string | number>>) {
  const server = createServer((_request, response) => void response.writeHead(200, headers).end(big));
  await once(server.listen(0, "127.0.0.1"), "listening");
  closing.push(() => server.close());
  const port = (server.address() as AddressInfo).port;
  return { port, addressed: (proxy: number): string => `http://127.0.0.1:${proxy}/rows.csv` };
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

it.each([
  ["an address that names the length", () => httpSource({ "content-length": big.length })],
  ["an address that sends chunks", () => httpSource({ "transfer-encoding": "chunked" })],
  ["a bucket", bucketSource],
])("%s", async (_source, start) => {
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
    const files = example.list("sourcedata").filter((name) => name !== "earlier.csv");
    expect(files.map((name) => sha256(example.read(`sourcedata/${name}`)))).toEqual([sha256(big)]);
    expect(await ingest(session)).toMatchObject({ status: "ingested", dataset: { rows: ROWS + 20 } });
  });
});
