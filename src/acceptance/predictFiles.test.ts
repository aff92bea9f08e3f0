/** predict of a folder or a bucket: each file once, also with workers of which one is killed. */
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { s3Server, type S3Server } from "../testing/s3Server.ts";
import { logisticWorkspace, temporaryFolder, type Finished, type LifecycleWorkspace } from "./lifecycleWorkspace.ts";
import { busy, leftovers, living, onPostgres, url, variables } from "./workersWorkspace.ts";

let s3: S3Server;
beforeAll(async () => {
  s3 = await s3Server(temporaryFolder(), "rows");
});
afterAll(() => s3.stop());

const put = (key: string, body: string) =>
  s3.client.send(new PutObjectCommand({ Bucket: "rows", Key: key, Body: body }));

/** Content by key below a prefix. */
async function objects(prefix: string): Promise<Record<string, string>> {
  const { Contents = [] } = await s3.client.send(new ListObjectsV2Command({ Bucket: "rows", Prefix: prefix }));
  const found = Contents.map(async ({ Key }) => {
    const { Body } = await s3.client.send(new GetObjectCommand({ Bucket: "rows", Key: Key! }));
    return [Key!.slice(prefix.length), await Body!.transformToString()] as const;
  });
  return Object.fromEntries(await Promise.all(found));
}

/** Without the note of what was predicted. */
const predictions = (found: Record<string, string>) => ({ ...found, ".mlctl_predictions.json": "" });

/** Header and a part of the test rows. */
function part(workspace: LifecycleWorkspace, from: number, to: number): string {
  const [header, ...rows] = workspace.read("testdata/testdata.csv").trimEnd().split("\n");
  return [header, ...rows.slice(from, to), ""].join("\n");
}

interface Result {
  readonly files: readonly { readonly file: string; readonly output: string }[];
  readonly skipped: number;
  readonly failed: readonly { readonly file: string }[];
  readonly notes: readonly string[];
}

const resultOf = ({ stdout }: Finished): Result => JSON.parse(stdout) as Result;

it("predicts each file of a bucket once, and goes on after one that it cannot read; a folder in the same way", async () => {
  const workspace = logisticWorkspace();
  const [a, b] = [part(workspace, 0, 20), part(workspace, 20, 50)];
  const files = {
    "a.csv": a,
    "sub/b.csv": b,
    "bad.csv": "other\n1\n",
    ".hidden.csv": a,
    "notes.md": "x",
    "t.xlsx": "x",
  };
  for (const [name, body] of Object.entries(files)) await put(`in/${name}`, body);
  workspace.write(Object.fromEntries(Object.entries(files).map(([name, body]) => [`in/${name}`, body])));
  const run = (...args: string[]) =>
    workspace.startWith(s3.variables, "predict", "s3://rows/in/", "-o", ...args).finished;
  const first = await run("s3://rows/in/out");
  expect([first.status, first.stderr]).toEqual([3, expect.stringMatching(/bad\.csv: .*missing/)]);
  expect(first.stdout + first.stderr).toContain("predicted 2 files (50 rows)");
  expect(first.stderr).toContain("skipped t.xlsx: no file that ingest.pattern names");
  const expected = {
    "a_predictions.csv": workspace.ok("predict", "in/a.csv"),
    "sub/b_predictions.csv": workspace.ok("predict", "in/sub/b.csv"),
  };
  expect(predictions(await objects("in/out/"))).toEqual(predictions(expected));

  const again = resultOf(await run("s3://rows/in/out", "--json"));
  expect(again).toMatchObject({ files: [], skipped: 2, failed: [{ file: "bad.csv" }] });
  await put("in/bad.csv", b);
  await put("in/a.csv", b);
  const third = await run("s3://rows/in/out", "--json");
  expect([third.status, resultOf(third).files.map(({ file }) => file)]).toEqual([0, ["a.csv", "bad.csv"]]);
  expect((await objects("in/out/"))["a_predictions.csv"]).toBe(expected["sub/b_predictions.csv"]);
  const other = resultOf(await run("s3://rows/in/out", "--json", "--csv-safe"));
  expect(other).toMatchObject({ skipped: 0, failed: [] });

  const folder = await workspace.startWith({}, "predict", "in", "-o", "in/out").finished;
  expect(folder.status, folder.stderr).toBe(3);
  for (const [name, text] of Object.entries(expected)) expect(workspace.read(`in/out/${name}`)).toBe(text);
  const { status } = workspace.run(["-C", workspace.folder, "predict", "in", "-o", "guarded", "--guard"], { cwd: "/" });
  expect([status, workspace.names("guarded", /csv$/)]).toEqual([3, ["a_predictions.csv"]]);
});

it("refuses what goes with one file, and the same place twice", async () => {
  const workspace = logisticWorkspace();
  workspace.write({ "in/a.csv": part(workspace, 0, 3), "in/a.jsonl": "{}" });
  const status = (...args: string[]) => {
    const { status: code, stderr } = workspace.run(["predict", "in", ...args]);
    return [code, stderr];
  };
  expect(status()).toEqual([2, expect.stringContaining("-o names a folder or s3://")]);
  expect(status("-o", "out", "--log")).toEqual([2, expect.stringContaining("--log goes with one file")]);
  expect(status("-o", "in/")).toEqual([2, expect.stringContaining("is the input and the output")]);
  expect(status("-o", "out")).toEqual([3, expect.stringContaining("a.jsonl: another file has the same name")]);
  workspace.write({ "in/a.csv": null, "in/a.jsonl": null });
  expect(status("-o", "out")).toEqual([3, expect.stringContaining("has no file of rows")]);
});

it("knows an output by its name, format and input, and starts anew where its notes are damaged", () => {
  const workspace = logisticWorkspace();
  const [a, b] = [part(workspace, 0, 20), part(workspace, 20, 50)];
  workspace.write({ "in/a.csv": a, "other/a.csv": a });
  const run = (input: string, ...args: string[]) => {
    const finished = workspace.run(["predict", input, "-o", "out", "--json", ...args]);
    expect(finished.status, finished.stderr).toBe(0);
    return { ...resultOf(finished), stderr: finished.stderr };
  };
  const formats = ["csv", "jsonl"];
  for (const format of formats) run("in", "--format", format);
  expect(run("other")).toMatchObject({ skipped: 1, stderr: expect.not.stringContaining("replacing") as string });
  workspace.write({ "in/a.csv": b });
  for (const format of formats) {
    expect(run("in", "--format", format).stderr).not.toContain("replacing");
    expect(workspace.read(`out/a_predictions.${format}`)).toBe(workspace.ok("predict", "in/a.csv", "--format", format));
  }
  expect(run("other").stderr).toContain(
    `replacing predictions of another input: a_predictions.csv of ${join(workspace.folder, "in")}`,
  );
  for (const damaged of ['{"a', "[]", '"x"']) {
    workspace.write({ "out/.mlctl_predictions.json": damaged });
    const { files, stderr } = run("in");
    expect([files.length, stderr]).toEqual([1, expect.stringContaining("damaged: predicting every file again")]);
    expect(run("in")).toMatchObject({ files: [], skipped: 1 });
  }
  workspace.write({ "out/.mlctl_predictions.json": '{"a_predictions.csv":null}' });
  expect(run("in").files).toHaveLength(1);
});

it("keeps the format, names what it leaves out, and removes rejected rows that no longer are", () => {
  const workspace = logisticWorkspace();
  const good = part(workspace, 0, 5);
  workspace.write({ "in/a.csv": `${good}x\n`, "in/sub/t.zip": "x" });
  workspace.write({ "in/l.jsonl": workspace.ok("predict", "testdata/testdata.csv", "--format", "jsonl") });
  symlinkSync("/etc/hostname", join(workspace.folder, "in/link.csv"));
  const run = () => workspace.run(["predict", "in", "-o", "out", "--guard"]);
  const { status, stderr } = run();
  expect([status, workspace.names("out/", /^[^.]/)], stderr).toEqual([
    0,
    ["a_predictions.csv", "a_rejected.csv", "l_predictions.jsonl"],
  ]);
  expect(stderr).toMatch(/skipped sub\/t\.zip: no file that ingest\.pattern names/);
  expect(stderr).toContain("skipped link.csv: link to a file outside the folder");
  workspace.write({ "in/a.csv": good });
  expect(run().status).toBe(0);
  expect(workspace.names("out/", /rejected/)).toEqual([]);
});

onPostgres("shares the files of a bucket with workers, one of them killed: the same bytes", async () => {
  const workspace = logisticWorkspace();
  const names = Array.from({ length: 30 }, (_, i) => `${i}.csv`);
  for (const [i, name] of names.entries()) await put(`many/${name}`, part(workspace, i, i + 40));
  const all = { ...variables(), ...s3.variables };
  const call = (...args: string[]) => workspace.startWith(all, ...args);
  expect((await call("predict", "s3://rows/many", "-o", "s3://rows/alone").finished).status).toBe(0);
  expect((await call("share", `${url}?workspace=files`).finished).status).toBe(0);
  const workers = [call("worker", "--threads", "8"), call("worker", "--threads", "1")];
  await expect.poll(() => living(workspace), { timeout: 60_000 }).toHaveLength(2);
  const predicting = call("predict", "s3://rows/many", "-o", "s3://rows/shared", "--json");
  await expect.poll(busy, { timeout: 60_000, interval: 5 }).toBeGreaterThan(0);
  workers[1]!.child.kill("SIGKILL");
  let [most, isDone] = [0, false];
  void predicting.finished.then(() => (isDone = true));
  const sampled = async () => ((most = Math.max(most, await busy())), isDone);
  await expect.poll(sampled, { timeout: 60_000, interval: 5 }).toBe(true);
  // One of each worker and of the command itself: nobody holds files that others could do.
  expect(most).toBeLessThanOrEqual(3);
  const finished = await predicting.finished;
  expect(finished.status, finished.stderr).toBe(0);
  expect(resultOf(finished).notes).toEqual([expect.stringMatching(/^workers did [1-9]\d* files?$/)]);
  expect(predictions(await objects("shared/"))).toEqual(predictions(await objects("alone/")));
  expect(Object.keys(await objects("shared/"))).toHaveLength(31);
  expect(await leftovers()).toEqual([]);
  workers[0]!.child.kill("SIGTERM");
  await workers[0]!.finished;
});
