/** A workspace whose records are in a real Postgres: the same commands, two processes at once, a kill. */
import { spawnSync } from "node:child_process";
import { hostname } from "node:os";
import { createServer, type AddressInfo } from "node:net";
import { beforeAll, describe, expect, it } from "vitest";
import { postgresServer, type PostgresServer } from "../testing/postgresServer.ts";
import {
  emptyWorkspace,
  logisticWorkspace,
  sha256,
  type Finished,
  type LifecycleWorkspace,
} from "./lifecycleWorkspace.ts";

let server: PostgresServer | string;
let url = "";
beforeAll(async () => {
  server = await postgresServer();
  if (typeof server !== "string") url = await server.create("ml");
});

function onPostgres(title: string, work: () => Promise<void>): void {
  it(title, async ({ skip }) => {
    if (typeof server === "string") return skip(server);
    await work();
  });
}

const password = () => ({ PGPASSWORD: process.env["PGPASSWORD"]! });

function call(workspace: LifecycleWorkspace, ...args: string[]): Promise<Finished> {
  return workspace.startWith(password(), ...args).finished;
}

async function ok(workspace: LifecycleWorkspace, ...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await call(workspace, ...args);
  expect(status, `mlctl ${args.join(" ")}\n${stderr}`).toBe(0);
  return stdout;
}

const json = async <T>(workspace: LifecycleWorkspace, ...args: string[]) =>
  JSON.parse(await ok(workspace, ...args, "--json")) as T;

/** The record files with their hashes. */
function records({ folder, names, read }: LifecycleWorkspace): Record<string, string> {
  const found = [
    "ingesteddata",
    "models",
    "models/monitoring",
    "production_deployment",
    "production_deployment/history",
  ];
  const pattern = /^(dataset_|run_|monitor_|deployment|aliases).*json$/;
  const paths = found.flatMap((place) => names(place, pattern).map((name) => `${place}/${name}`));
  expect(folder).not.toBe("");
  return Object.fromEntries(paths.map((path) => [path, sha256(read(path))]));
}

describe("a shared workspace", () => {
  onPostgres(
    "moves to Postgres and back with the same bytes, and two processes at once get numbers without gap or twin",
    async () => {
      const workspace = logisticWorkspace();
      workspace.ok("models", "alias", "mine", "v1");
      const before = records(workspace);
      const runs = workspace.ok("runs", "list");
      const moved = await json<{ records: number }>(workspace, "share", `${url}?workspace=a`);
      expect(moved.records).toBe(Object.keys(before).length);
      expect(Object.keys(moved).toSorted()).toEqual(["database", "notes", "predictions", "records"]);
      // Only the copies for servers are left.
      expect(Object.keys(records(workspace))).toEqual(["production_deployment/deployment.json"]);
      expect(await ok(workspace, "runs", "list")).toBe(runs);

      const trained = await Promise.all([
        ok(workspace, "train", "--wait", "1m", "--seed", "1"),
        ok(workspace, "train", "--wait", "1m", "--seed", "2"),
      ]);
      expect(trained).toHaveLength(2);
      await Promise.all(["v2", "v3"].map((model) => ok(workspace, "deploy", model, "--force", "--wait", "1m")));
      const { models } = await json<{ models: { version: number }[] }>(workspace, "models", "list");
      expect(models.map(({ version }) => version).toSorted()).toEqual([1, 2, 3]);
      const second = emptyWorkspace({ target: "exited", database: `${url}?workspace=a` });
      const refused = await call(second, "deploy", "--rollback");
      expect(refused.status).toBe(3);
      expect(refused.stderr).toContain(`hint: run \`mlctl deploy --rollback\` on ${hostname()}; here, \`mlctl models`);
      expect((await call(workspace, "backup")).stderr).toContain("pg_dump -Fc -f FILE");
      await ok(workspace, "deploy", "--rollback");
      await ok(workspace, "verify");

      await ok(workspace, "share", "--folder");
      const after = records(workspace);
      const ids = Object.keys(after)
        .filter((path) => path.includes("history"))
        .map((path) => /\d{6}/.exec(path)![0]);
      expect(ids).toEqual(["000001", "000002", "000003"]);
      // The first deployment is in the history now, with its bytes.
      const { "production_deployment/deployment.json": first, ...others } = before;
      expect(after).toMatchObject({ ...others, "production_deployment/history/deployment_000001.json": first });
      workspace.ok("verify");
      expect(workspace.read("config.json")).toContain('"database": "mlctl.db"');
      const elsewhere = emptyWorkspace({ target: "exited", database: `${url}?workspace=a` });
      expect((await call(elsewhere, "runs", "list")).stderr).toContain("was moved from");
      // Another workspace may not take its place unseen, this one may come back.
      const other = logisticWorkspace();
      await ok(workspace, "share", `${url}?workspace=a`);
      expect((await call(other, "share", `${url}?workspace=a`)).stderr).toContain("?workspace=NAME");
      expect(other.read("config.json")).not.toContain("postgres");
      // The password is nowhere.
      expect(spawnSync("grep", ["-rl", password().PGPASSWORD, workspace.folder]).stdout.toString()).toBe("");
    },
  );

  onPostgres("frees the lock of a killed process at once, and keeps the old state or the new", async () => {
    const workspace = logisticWorkspace();
    await ok(workspace, "share", `${url}?workspace=killed`);
    const { child, finished } = workspace.startWith(password(), "train", "--seed", "5");
    let busy = "";
    for (let i = 0; !busy.includes("mlctl train") && i < 100; i++) {
      busy = (await call(workspace, "models", "alias", "mine", "v1")).stderr;
      if (child.exitCode !== null) break;
    }
    child.kill("SIGKILL");
    await finished;
    const start = performance.now();
    await ok(workspace, "models", "alias", "mine", "v1", "--wait", "5s");
    expect(performance.now() - start).toBeLessThan(5000);
    await ok(workspace, "verify");
  });

  it("calls no server that config.json names before it is trusted", async () => {
    let connections = 0;
    const stranger = createServer((socket) => (connections++, socket.destroy()));
    await new Promise<void>((resolve) => stranger.listen(0, "127.0.0.1", resolve));
    const { port } = stranger.address() as AddressInfo;
    const workspace = emptyWorkspace({ target: "exited", database: `postgres://mlctl@127.0.0.1:${port}/ml` });
    const untrusted = { MLCTL_TRUST: "" };
    const results = await Promise.all(
      [["doctor"], ["config", "show"], ["runs", "list"], ["ingest"]].map(
        (args) => workspace.startWith(untrusted, ...args).finished,
      ),
    );
    expect(connections).toBe(0);
    expect(results.map(({ status }) => status)).toEqual([0, 0, 4, 4]);
    expect(results[0]!.stdout).toContain("the records were not read: database of config.json is not trusted");
    const trusted = await workspace.startWith({ MLCTL_TRUST: "1" }, "runs", "list").finished;
    expect([trusted.status, connections]).toEqual([1, 1]);
    stranger.close();
  });

  it("refuses a password in the address without repeating it", async () => {
    const workspace = emptyWorkspace({ target: "exited", database: "postgres://mlctl:hunter2@127.0.0.1/ml" });
    const shown = workspace.run(["config", "show"]);
    expect([shown.status, shown.stderr]).toEqual([2, expect.stringContaining("PGPASSWORD")]);
    workspace.write({ "config.json": '{"target": "exited"}' });
    const shared = workspace.run(["share", "postgres://mlctl@127.0.0.1/ml?password=hunter2"]);
    expect([shared.status, shared.stderr]).toEqual([2, expect.stringContaining("PGPASSWORD")]);
    expect(shown.stderr + shared.stderr + shown.stdout).not.toContain("hunter2");
  });
});
