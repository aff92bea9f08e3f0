/** Shared by the tests of workers: a real Postgres, a workspace to tune, and what is in the queue. */
import pg from "pg";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { TASK_LOCK } from "../storage/postgres/connect.ts";
import { postgresServer, type PostgresServer } from "../testing/postgresServer.ts";
import { keptWorkspace, type Finished, type LifecycleWorkspace, type Started } from "./lifecycleWorkspace.ts";

let server: PostgresServer | string;
export let url = "";
export let database: pg.Client;
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

export function onPostgres(title: string, work: (skip: (why: string) => never) => Promise<void>): void {
  it(title, async ({ skip }) => {
    if (typeof server === "string") return skip(server);
    await work(skip);
  });
}

export const variables = () => ({ PGPASSWORD: process.env["PGPASSWORD"]! });

/** Ended with the test, if it has not ended before. */
export function start(workspace: LifecycleWorkspace, ...args: string[]): Started {
  const started = workspace.startWith(variables(), ...args);
  onTestFinished(() => void started.child.kill("SIGKILL"));
  return started;
}

export async function ok(workspace: LifecycleWorkspace, ...args: string[]): Promise<Finished> {
  const finished = await start(workspace, ...args).finished;
  expect(finished.status, `mlctl ${args.join(" ")}\n${finished.stderr}`).toBe(0);
  return finished;
}

/** Its fits take a moment, so that a worker can be killed in the middle of one. */
export const toTune = (): LifecycleWorkspace => {
  const space = { max_depth: { distribution: "integer", low: 2, high: 7 }, learning_rate: { low: 0.05, high: 0.4 } };
  const search = { method: "tpe", trials: 12, folds: 2, batch: 6, space };
  const train = { models: [{ family: "xgboost", params: { n_estimators: 40 }, search }], metric: "roc_auc" };
  return toFit("toTune", train);
};

/** Two models on two feature sets, on folds, with their calibration, and their ensemble. */
export const toTrain = (): LifecycleWorkspace =>
  toFit("toTrain", {
    models: [{ family: "xgboost", params: { n_estimators: 60 } }, { family: "logistic_regression" }],
    feature_sets: { few: ["a", "b", "c"], all: ["*"] },
    selection: { method: "stratified_k_fold", folds: 4 },
    calibration: "sigmoid",
    metric: "log_loss",
  });

function toFit(name: string, train: object): LifecycleWorkspace {
  return keptWorkspace(name, (workspace) => {
    let state = 7;
    const next = (): number => (state = (state * 16807) % 2147483647) / 2147483647;
    const lines = Array.from({ length: 1500 }, () => {
      const x = [next(), next(), next(), next(), next()];
      return [...x.map((value) => value.toFixed(4)), x[0]! * x[1]! + x[2]! + next() > 1.2 ? 1 : 0].join();
    });
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
export async function trials(workspace: LifecycleWorkspace): Promise<object[]> {
  const { stdout } = await ok(workspace, "runs", "list", "--trials", "--json", "--limit", "1000");
  const found = (JSON.parse(stdout) as { trials: Trial[] }).trials.toSorted((a, b) => a.number - b.number);
  return found.map((trial) => ({ ...trial, seconds: 0, trial_id: 0, train_id: 0, created_at: 0 }));
}

export interface RunsJson {
  readonly runs: readonly { readonly run_id: string; readonly model: { readonly sha256: string } | null }[];
}

/** Without ids, times and the address of the database, which differ. */
export function runs({ runs: all }: RunsJson): object[] {
  const changing = { run_id: 0, train_id: 0, dataset_id: 0, created_at: 0, seconds: 0, predict_seconds: 0, config: 0 };
  return all.map((run) => ({ ...run, ...changing, model: run.model?.sha256 }));
}

interface WorkersJson {
  readonly workers: readonly { readonly pid: number; readonly helps: boolean; readonly tasks: readonly string[] }[];
}

export const living = async (workspace: LifecycleWorkspace) =>
  (JSON.parse((await ok(workspace, "workers", "--json")).stdout) as WorkersJson).workers;

/** Queues, tasks and bytes of work. */
export async function leftovers(): Promise<string[]> {
  const { rows } = await database.query<{ name: string }>(
    `SELECT name FROM mlctl_queue.queue WHERE name LIKE 'mlctl/%' UNION ALL SELECT id::text FROM mlctl_queue.job
     UNION ALL SELECT offer FROM mlctl_queue.work_bytes`,
  );
  return rows.map(({ name }) => name);
}

/** How many tasks others do now. */
export async function busy(): Promise<number> {
  const sql = "SELECT count(*)::int AS n FROM pg_locks WHERE locktype = 'advisory' AND classid = $1";
  return (await database.query<{ n: number }>(sql, [TASK_LOCK])).rows[0]!.n;
}
