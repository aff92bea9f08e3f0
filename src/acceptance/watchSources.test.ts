/** watch on an address and on a bucket: a real HTTP server, a real S3 server. */
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { spawn } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { s3Server, type S3Server } from "../testing/s3Server.ts";
import {
  bin,
  environment,
  logisticWorkspace,
  temporaryFolder,
  type Finished,
  type LifecycleWorkspace,
} from "./lifecycleWorkspace.ts";

let trained: LifecycleWorkspace;
let content: string;
beforeAll(() => {
  trained = logisticWorkspace();
  trained.configure({
    watch: { settle: "0s", retries: 2, retry_delay: "10ms", download: { timeout: "1s", max_bytes: 100_000 } },
  });
  content = trained.read("testdata/testdata.csv").split("\n").slice(0, 31).join("\n");
});

/** In the background: the servers of this process must answer meanwhile. */
async function watch(workspace: LifecycleWorkspace, args: readonly string[], more = {}): Promise<Finished> {
  const child = spawn(process.execPath, [bin, "watch", "--once", "--json", ...args], {
    cwd: workspace.folder,
    env: environment(more),
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const [status] = (await once(child, "close")) as [number | null];
  return { status, stdout, stderr };
}

function filesOf({ stdout }: Finished): string[] {
  const lines = stdout.split("\n").filter((line) => line !== "");
  return lines.map((line) => {
    const { file, status, output } = JSON.parse(line) as { file: string; status: string; output: string };
    return `${status} ${file} ${output}`;
  });
}

describe("an address", () => {
  let server: Server;
  let url: string;
  let answer: (response: ServerResponse, headers: Record<string, unknown>) => void;
  const requests: Record<string, unknown>[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      requests.push(request.headers);
      answer(response, request.headers);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/data/feed%20one.csv?key=secret`;
  });
  afterAll(() => void server.close());

  it("is fetched when it changes, asked with its ETag, and tried again", async () => {
    const workspace = trained.copy();
    let failures = 1;
    let etag = '"1"';
    answer = (response, headers) => {
      if (failures-- > 0) return void response.writeHead(503).end();
      if (headers["if-none-match"] === etag) return void response.writeHead(304).end();
      response.writeHead(200, { etag, "last-modified": "Wed, 01 Jan 2025 00:00:00 GMT" }).end(content);
    };
    const first = await watch(workspace, [url]);
    expect([first.status, filesOf(first)], first.stderr).toEqual([
      0,
      ["processed feed one.csv processed/feed one_predictions_attrition_v1.csv"],
    ]);
    expect(workspace.read("drops/processed/feed one.csv")).toBe(content);
    expect(first.stderr).not.toContain("secret");
    const again = await watch(workspace, [url]);
    expect([again.status, filesOf(again)]).toEqual([0, []]);
    expect(requests.at(-1)).toMatchObject({
      "if-none-match": '"1"',
      "if-modified-since": "Wed, 01 Jan 2025 00:00:00 GMT",
    });
    etag = '"2"';
    // Another tag, the same bytes: no news.
    expect(filesOf(await watch(workspace, [url]))).toEqual([]);
    [etag, content] = ['"3"', `${content}\n${content.split("\n")[1]!}`];
    expect(filesOf(await watch(workspace, [url]))[0]).toMatch(/^processed feed one\.csv processed\/feed one_\d{8}T/);
  });

  it("that cannot be fetched is reported, and existing files are still predicted", async () => {
    const workspace = trained.copy();
    workspace.write({ "drops/input/a.csv": content });
    answer = (response) => void response.writeHead(404).end();
    const missing = await watch(workspace, [url]);
    expect([missing.status, filesOf(missing).length]).toEqual([1, 1]);
    expect(missing.stderr).toMatch(/feed%20one\.csv responded 404 Not Found/);
    answer = (response) => void response.writeHead(200).end("x".repeat(100_001));
    expect((await watch(workspace, [url])).stderr).toMatch(/has more than 100000 bytes/);
    answer = (response) => void response.writeHead(200, { "content-length": "1000" }).write("half");
    expect((await watch(workspace, [url])).stderr).toMatch(/no complete response in 1 s/);
    expect(workspace.names("drops/input", /./)).toEqual([]);
  });
});

describe("a bucket", () => {
  let s3: S3Server;
  let client: S3Client;
  let variables: Readonly<Record<string, string>>;
  beforeAll(async () => {
    s3 = await s3Server(temporaryFolder(), "drops");
    ({ client, variables } = s3);
  });
  afterAll(() => s3.stop());

  const put = (key: string, body: string) =>
    client.send(new PutObjectCommand({ Bucket: "drops", Key: key, Body: body }));
  const keys = async (): Promise<string[]> =>
    ((await client.send(new ListObjectsV2Command({ Bucket: "drops" }))).Contents ?? [])
      .map(({ Key }) => Key!)
      .toSorted();
  const text = async (key: string): Promise<string> =>
    (await client.send(new GetObjectCommand({ Bucket: "drops", Key: key }))).Body!.transformToString();

  it("has the same folders: results and originals in processed, refused ones in errored, logs", async () => {
    const workspace = trained.copy();
    await put("data/input/a b+ü.csv", content);
    await put("data/input/sub/x%20y.csv", content);
    await put("data/input/bad.csv", "a,b\n1,2\n");
    await put("data/input/later.csv.part", "a");
    await put("elsewhere/input/c.csv", content);
    const done = await watch(workspace, ["s3://drops/data/"], variables);
    expect([done.status, filesOf(done).length], done.stderr).toEqual([3, 3]);
    expect(await keys()).toEqual([
      "data/errored/bad.csv",
      "data/input/later.csv.part",
      "data/logs/a b+ü.csv.log",
      "data/logs/bad.csv.log",
      "data/logs/sub/x%20y.csv.log",
      "data/processed/a b+ü.csv",
      "data/processed/a b+ü_predictions_attrition_v1.csv",
      "data/processed/sub/x%20y.csv",
      "data/processed/sub/x%20y_predictions_attrition_v1.csv",
      "elsewhere/input/c.csv",
    ]);
    expect(await text("data/processed/a b+ü.csv")).toBe(content);
    workspace.write({ "a.csv": content });
    workspace.ok("predict", "a.csv", "-o", "answers.csv");
    expect(await text("data/processed/a b+ü_predictions_attrition_v1.csv")).toBe(workspace.read("answers.csv"));
    expect(await text("data/logs/bad.csv.log")).toMatch(/column "lastmonth_activity" is missing/);
    expect(workspace.names("drops/processing", /^[0-9a-f]/)).toEqual([]);
    await put("data/input/bad.csv", content);
    expect(filesOf(await watch(workspace, ["s3://drops/data"], variables))[0]).toMatch(
      /^processed bad\.csv processed\/bad_\d{8}T/,
    );
  });

  it("with more objects than a page, two watchers, and one that was killed: each once", async () => {
    const workspace = trained.copy();
    const names = Array.from({ length: 6 }, (_, i) => `f${i}.csv`);
    for (const name of names) await put(`many/input/${name}`, content);
    const killed = workspaceWatch(workspace, ["s3://drops/many"], variables);
    await once(killed.stdout!, "data");
    killed.kill("SIGKILL");
    await once(killed, "close");
    await Promise.all([1, 2].map(() => watch(workspace, ["s3://drops/many"], variables)));
    const found = (await keys()).filter((key) => key.startsWith("many/processed/"));
    const wanted = names.flatMap((name) => [name, name.replace(".csv", "_predictions_attrition_v1.csv")]);
    expect(found).toEqual(wanted.map((name) => `many/processed/${name}`).toSorted());
    expect((await keys()).filter((key) => key.startsWith("many/input/"))).toEqual([]);
  });

  it("that is missing or unreadable is reported with the next step", async () => {
    const none = await watch(trained, ["s3://nosuchbucket/data"], variables);
    expect(none.status).toBe(1);
    expect(none.stderr).toMatch(
      /cannot list s3:\/\/nosuchbucket\/data\/input\/: NoSuchBucket.*"hint":"create the bucket/,
    );
    const bad = await watch(trained, ["s3://x"], variables);
    expect([bad.status, bad.stderr]).toEqual([2, expect.stringMatching(/s3:\/\/x names no bucket/)]);
  });
});

function workspaceWatch(
  workspace: LifecycleWorkspace,
  args: readonly string[],
  more: Readonly<Record<string, string>>,
) {
  return spawn(process.execPath, [bin, "watch", "--json", ...args], { cwd: workspace.folder, env: environment(more) });
}
