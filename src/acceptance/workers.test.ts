/** Workers of a shared workspace: the same trials with and without them, killed ones, and nothing that is left behind. */
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgresServer, type PostgresServer } from "../testing/postgresServer.ts";
import { emptyWorkspace, keptWorkspace, type Finished, type LifecycleWorkspace } from "./lifecycleWorkspace.ts";

let server: PostgresServer | string;
let url = "";
let database: pg.Client;
beforeAll(async () => {
  server = await postgresServer();
  if (typeof server === "string") return;
  url = await server.create("ml");
  database = new pg.Client({ connectionString: url });
  await database.connect();
});
afterAll(async () => {
  if (typeof server === "string") return;
  await database.end();
  await server.stop();
});

function onPostgres(title: string, work: () => Promise<void>): void {
  it(title, async ({ skip }) => {
    if (typeof server === "string") return skip(server);
    await work();
  });
}

const variables = () => ({ PGPASSWORD: process.env["PGPASSWORD"]! });

const start = (workspace: LifecycleWorkspace, ...args: string[]) => workspace.startWith(variables(), ...args);

async function ok(workspace: LifecycleWorkspace, ...args: string[]): Promise<Finished> {
  const finished = await start(workspace, ...args).finished;
  expect(finished.status, `mlctl ${args.join(" ")}\n${finished.stderr}`).toBe(0);
  return finished;
}

/** Its fits take a moment, so that a worker can be killed in the middle of one. */
function toTune(): LifecycleWorkspace {
  return keptWorkspace("toTune", (workspace) => {
    let state = 7;
    const next = (): number => (state = (state * 16807) % 2147483647) / 2147483647;
    const lines = Array.from({ length: 1500 }, () => {
      const x = [next(), next(), next(), next(), next()];
      return [...x.map((value) => value.toFixed(4)), x[0]! * x[1]! + x[2]! + next() > 1.2 ? 1 : 0].join();
    });
    const space = { max_depth: { distribution: "integer", low: 2, high: 7 }, learning_rate: { low: 0.05, high: 0.4 } };
    const search = { method: "tpe", trials: 12, folds: 2, batch: 6, space };
    const train = { models: [{ family: "xgboost", params: { n_estimators: 40 }, search }], metric: "roc_auc" };
    workspace.write({
      "config.json": JSON.stringify({ target: "y", train }),
      "sourcedata/rows.csv": ["a,b,c,d,e,y", ...lines, ""].join("\n"),
    });
    workspace.ok("ingest");
  });
}

interface Trial {
  readonly number: number;
}

/** Without the seconds, which differ. */
async function trials(workspace: LifecycleWorkspace): Promise<object[]> {
  const { stdout } = await ok(workspace, "runs", "list", "--trials", "--json", "--limit", "1000");
  const found = (JSON.parse(stdout) as { trials: Trial[] }).trials.toSorted((a, b) => a.number - b.number);
  return found.map((trial) => ({ ...trial, seconds: 0, trial_id: 0, train_id: 0, created_at: 0 }));
}

interface WorkersJson {
  readonly workers: readonly { readonly pid: number; readonly helps: boolean; readonly tasks: readonly string[] }[];
}

const living = async (workspace: LifecycleWorkspace) =>
  (JSON.parse((await ok(workspace, "workers", "--json")).stdout) as WorkersJson).workers;

/** Queues, tasks and bytes of work. */
async function leftovers(): Promise<string[]> {
  const { rows } = await database.query<{ name: string }>(
    `SELECT name FROM mlctl_queue.queue WHERE name LIKE 'mlctl/%' UNION ALL SELECT id::text FROM mlctl_queue.job
     UNION ALL SELECT offer FROM mlctl_queue.work_bytes`,
  );
  return rows.map(({ name }) => name);
}

/** How many tasks others do now. */
async function busy(): Promise<number> {
  const sql = "SELECT count(*)::int AS n FROM pg_locks WHERE locktype = 'advisory' AND classid = $1";
  return (await database.query<{ n: number }>(sql, [0x6d6c6374 + 5])).rows[0]!.n;
}

describe("workers", () => {
  onPostgres("make the same trials as threads, also if two of them are killed, and leave nothing behind", async () => {
    const alone = toTune();
    alone.ok("tune");
    const shared = toTune();
    await ok(shared, "share", url);
    const workers = Array.from({ length: 3 }, () => start(shared, "worker", "--threads", "1"));
    await expect.poll(() => living(shared), { timeout: 30_000 }).toHaveLength(3);
    const tuning = start(shared, "tune", "--workers", "1");
    for (const { child, finished } of workers.slice(1)) {
      await expect.poll(busy, { timeout: 30_000, interval: 5 }).toBeGreaterThanOrEqual(2);
      child.kill("SIGKILL");
      await finished;
    }
    const tuned = await tuning.finished;
    expect(tuned.status, tuned.stderr).toBe(0);
    expect(await trials(shared)).toEqual(await trials(alone));
    expect(await leftovers()).toEqual([]);
    const [left] = await living(shared);
    expect(left).toMatchObject({ pid: workers[0]!.child.pid, threads: 1, helps: true, tasks: [] });
    expect(Object.keys(left!).toSorted()).toEqual(["helps", "host", "pid", "since", "tasks", "threads", "version"]);
    workers[0]!.child.kill("SIGINT");
    const { stderr, status } = await workers[0]!.finished;
    expect([status, stderr]).toEqual([130, expect.stringMatching(/did [1-9]\d* tasks/)]);
    expect(await living(shared)).toEqual([]);
  });

  onPostgres("get no more to do after Ctrl-C of the command, which leaves nothing behind", async () => {
    const shared = toTune();
    await ok(shared, "share", `${url}?workspace=interrupted`);
    const worker = start(shared, "worker", "--threads", "1");
    await expect.poll(() => living(shared), { timeout: 30_000 }).toHaveLength(1);
    // Seen in pg_stat_activity as a worker of another version.
    const [{ rows }] = [
      await database.query<{ name: string }>("SELECT application_name AS name FROM pg_stat_activity"),
    ];
    const name = rows.find((row) => row.name.startsWith("mlctl worker"))!.name.replace(/\d-\w{6}/, "0-000000");
    const other = new pg.Client({ connectionString: url, application_name: name });
    await other.connect();
    other.on("error", () => {});
    const tuning = start(shared, "tune", "--workers", "1", "-v");
    await expect.poll(busy, { timeout: 30_000, interval: 5 }).toBeGreaterThan(0);
    tuning.child.kill("SIGINT");
    const { status, stderr } = await tuning.finished;
    await other.end();
    expect([status, stderr]).toEqual([130, expect.stringContaining("finished trials are saved")]);
    expect(stderr).toMatch(/gets nothing: it has .*-000000, this machine .*/);
    await expect.poll(leftovers).toEqual([]);
    worker.child.kill("SIGINT");
    await worker.finished;
    await ok(shared, "tune");
    const alone = toTune();
    alone.ok("tune");
    expect(await trials(shared)).toEqual(await trials(alone));
  });

  onPostgres("remove what a command left behind that was killed", async () => {
    const shared = toTune();
    await ok(shared, "share", `${url}?workspace=orphan`);
    const worker = start(shared, "worker", "--threads", "1");
    await expect.poll(() => living(shared), { timeout: 30_000 }).toHaveLength(1);
    const tuning = start(shared, "tune", "--workers", "1");
    await expect.poll(busy, { timeout: 30_000, interval: 5 }).toBeGreaterThan(0);
    tuning.child.kill("SIGKILL");
    await tuning.finished;
    await expect.poll(leftovers, { timeout: 30_000 }).toEqual([]);
    worker.child.kill("SIGTERM");
    expect((await worker.finished).status).toBe(143);
    expect((await ok(shared, "worker", "--idle", "100ms")).stderr).toContain("did 0 tasks");
  });

  onPostgres("say what is missing: a shared database, a password, trust", async () => {
    const folder = emptyWorkspace({ target: "y" });
    const alone = await start(folder, "worker").finished;
    expect([alone.status, alone.stderr]).toEqual([4, expect.stringContaining("mlctl share postgres://")]);
    const shared = emptyWorkspace({ target: "y", database: url });
    const wrong = await shared.startWith({ PGPASSWORD: "wrong" }, "worker").finished;
    expect([wrong.status, wrong.stderr]).toEqual([1, expect.stringContaining("set PGPASSWORD")]);
    const untrusted = await shared.startWith({ ...variables(), MLCTL_TRUST: "" }, "worker").finished;
    expect([untrusted.status, untrusted.stderr]).toEqual([4, expect.stringContaining("mlctl config trust")]);
  });
});
