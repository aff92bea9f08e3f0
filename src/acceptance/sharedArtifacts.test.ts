/** Two folders with the same two lines: records in a real Postgres, artifacts on a real S3 server. */
import { DeleteObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { createServer, type AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgresServer, type PostgresServer } from "../testing/postgresServer.ts";
import { s3Server, type S3Server } from "../testing/s3Server.ts";
import {
  emptyWorkspace,
  logisticWorkspace,
  sha256,
  temporaryFolder,
  type LifecycleWorkspace,
} from "./lifecycleWorkspace.ts";
import { served } from "./servedWorkspace.ts";

let postgres: PostgresServer | string;
let s3: S3Server;
let url = "";
beforeAll(async () => {
  postgres = await postgresServer();
  s3 = await s3Server(temporaryFolder(), "models");
  if (typeof postgres !== "string") url = await postgres.create("ml");
});
afterAll(() => s3.stop());

const variables = () => ({ PGPASSWORD: process.env["PGPASSWORD"]!, ...s3.variables });

const call = (workspace: LifecycleWorkspace, ...args: string[]) => workspace.startWith(variables(), ...args).finished;

async function ok(workspace: LifecycleWorkspace, ...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await call(workspace, ...args);
  expect(status, `mlctl ${args.join(" ")}\n${stderr}`).toBe(0);
  return stdout;
}

const keys = async (): Promise<string[]> =>
  ((await s3.client.send(new ListObjectsV2Command({ Bucket: "models" }))).Contents ?? []).map(({ Key }) => Key!);

/** The files of a workspace that records name. */
const artifacts = ({ names, read }: LifecycleWorkspace) =>
  [
    ...names("ingesteddata", /^finaldata_/).map((name) => `ingesteddata/${name}`),
    ...names("models", /^(trainedmodel|latestscore)_/).map((name) => `models/${name}`),
  ].map((path) => [path, sha256(read(path))]);

describe("artifacts in a bucket", () => {
  it("let an empty folder with the same lines list, deploy, predict, report and reproduce", async ({ skip }) => {
    if (typeof postgres === "string") return skip(postgres);
    const a = logisticWorkspace();
    const before = artifacts(a);
    const moved = JSON.parse(await ok(a, "share", url, "s3://models/churn", "--json")) as object;
    expect(moved).toMatchObject({ database: url, artifacts: "s3://models/churn" });
    await ok(a, "train", "--seed", "5");
    const b = emptyWorkspace();
    b.write({ "config.json": a.read("config.json"), "testdata/testdata.csv": a.read("testdata/testdata.csv") });
    const found = await Promise.all([a, b].map((each) => ok(each, "models", "list")));
    expect(found[1]).toBe(found[0]);
    await ok(b, "deploy", "v2", "--force");
    for (const each of [a, b]) each.write({ "rows.csv": a.read("testdata/testdata.csv") });
    const [first, second, again] = await Promise.all([
      ok(a, "predict", "rows.csv"),
      ok(b, "predict", "rows.csv"),
      ok(b, "reproduce", "v1", "--json"),
      ok(b, "verify"),
    ]);
    expect(second).toBe(first);
    expect(again).toContain('"identical":true');
    await ok(b, "report", "v1");
    const listed = [a, b].map(({ read }) => read("production_deployment/ingestedfiles.txt"));
    expect(listed[1]).toBe(listed[0]);
    // An object is its hash, and there are no others.
    for (const key of await keys()) expect(key).toMatch(/^churn\/objects\/[0-9a-f]{64}$/);
    const stored = new Set(await keys());
    for (const [, hash] of artifacts(a)) expect(stored.has(`churn/objects/${hash}`)).toBe(true);

    // A third folder serves, and follows what another machine deploys.
    const c = emptyWorkspace();
    c.write({ "config.json": a.read("config.json") });
    const server = await served({ ...c, start: (...args) => c.startWith(variables(), ...args) });
    const model = async () => sha256((await server.get("/model")).text);
    const v2 = await model();
    expect(await model()).toBe(v2);
    await ok(b, "deploy", "--rollback");
    await expect.poll(model, { timeout: 10_000 }).not.toBe(v2);
    expect((await server.stop()).stderr).not.toContain("warning");

    // Lost for good: the error names it, and what does not need it works.
    const [, v1] = before.find(([path]) => path!.startsWith("models/trained"))!;
    await s3.client.send(new DeleteObjectCommand({ Bucket: "models", Key: `churn/objects/${v1}` }));
    const d = emptyWorkspace();
    d.write({ "config.json": a.read("config.json"), "rows.csv": a.read("rows.csv") });
    const lost = await call(d, "predict", "rows.csv");
    expect(lost.status).toBe(3);
    expect(lost.stderr).toMatch(/trainedmodel\.json of deployment 3 is not here, and s3:\/\/models\/churn\/objects\//);
    await ok(d, "models", "list");

    await ok(b, "share", "--folder");
    expect(b.read("config.json")).toContain('"artifacts": null');
    for (const file of before) expect(artifacts(b)).toContainEqual(file);
    b.ok("verify");
  });

  it("need a database that is shared too, and calls no bucket before it is trusted", async () => {
    const alone = emptyWorkspace({ target: "exited", artifacts: "s3://models/churn" }).run(["runs", "list"]);
    expect([alone.status, alone.stderr]).toEqual([2, expect.stringMatching(/artifacts.*"database" is a file/)]);
    let connections = 0;
    const stranger = createServer((socket) => (connections++, socket.destroy()));
    await new Promise<void>((resolve) => stranger.listen(0, "127.0.0.1", resolve));
    const { port } = stranger.address() as AddressInfo;
    const workspace = emptyWorkspace({
      target: "exited",
      database: url || "postgres://mlctl@127.0.0.1:1/ml",
      artifacts: "s3://models/x",
    });
    const untrusted = { MLCTL_TRUST: "", MLCTL_DATABASE: "postgres://mlctl@127.0.0.1:1/ml" };
    const more = { ...untrusted, AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` };
    const refused = await workspace.startWith(more, "runs", "list").finished;
    expect([refused.status, refused.stderr]).toEqual([
      4,
      expect.stringContaining("artifacts of config.json is not trusted"),
    ]);
    expect(connections).toBe(0);
    stranger.close();
  });
});
