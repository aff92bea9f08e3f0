/** Two folders on one workspace in a real Postgres: one prediction log, one state of alerts, one schedule. */
import { createServer, request as httpRequest, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databaseAddress } from "../core/databaseAddress.ts";
import { connect } from "../storage/postgres/connect.ts";
import { openLogReader } from "../storage/predictionLog/sqliteReader.ts";
import { postgresServer, type PostgresServer } from "../testing/postgresServer.ts";
import { logisticWorkspace, type LifecycleWorkspace } from "./lifecycleWorkspace.ts";
import { replyOf, served } from "./servedWorkspace.ts";

let postgres: PostgresServer | string;
let hook: Server;
const posts: string[] = [];
let url = "";
beforeAll(async () => {
  postgres = await postgresServer();
  if (typeof postgres !== "string") url = await postgres.create("ml");
  hook = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => (posts.push((JSON.parse(body) as { area: string }).area), response.end()));
  });
  await new Promise<void>((resolve) => hook.listen(0, "127.0.0.1", resolve));
});
afterAll(() => void hook.close());

const variables = () => ({ PGPASSWORD: process.env["PGPASSWORD"]!, MLCTL_TRUST: "1" });

/** Every command gets the password. */
function shared(workspace: LifecycleWorkspace): LifecycleWorkspace {
  return { ...workspace, start: (...args) => workspace.startWith(variables(), ...args) };
}

async function ok(workspace: LifecycleWorkspace, ...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await workspace.start(...args).finished;
  expect(status, `mlctl ${args.join(" ")}\n${stderr}`).toBe(0);
  return stdout;
}

const json = async <T>(workspace: LifecycleWorkspace, ...args: string[]): Promise<T> =>
  JSON.parse(await ok(workspace, ...args, "--json")) as T;

/** A folder that is shared with its log, and a copy of it, as a second machine. */
async function twoFolders(name: string, changes: object = {}): Promise<[LifecycleWorkspace, LifecycleWorkspace]> {
  const one = shared(logisticWorkspace());
  one.configure({ ...changes });
  one.ok("predict", "testdata/testdata.csv", "--log", "-o", "answers.csv");
  await ok(one, "share", `${url}?workspace=${name}`);
  return [one, shared(one.copy())];
}

/** Labels that say the opposite of each answer in answers.csv. */
function wrongLabels({ read }: LifecycleWorkspace): string {
  const [header, ...rows] = read("answers.csv")
    .trim()
    .split("\n")
    .map((line) => line.split(","));
  const [id, answer] = ["prediction_id", "prediction"].map((name) => header!.indexOf(name)) as [number, number];
  return ["prediction_id,exited", ...rows.map((row) => `${row[id]},${row[answer] === "1" ? 0 : 1}`), ""].join("\n");
}

function onPostgres(title: string, work: () => Promise<void>): void {
  it(title, async ({ skip }) => {
    if (typeof postgres === "string") return skip(postgres);
    await work();
  });
}

describe("two folders on one workspace", () => {
  onPostgres("log, label, monitor and alert as one, and move the log back with its labels", async () => {
    const { port } = hook.address() as AddressInfo;
    const [one, two] = await twoFolders("log", {
      monitor: { require: { accuracy: { min: 0.6 } } },
      alerts: [{ type: "webhook", url: `http://127.0.0.1:${port}/`, name: "hook" }],
    });
    expect(one.names(".", /predictions/)).toEqual(["mlctl.db.predictions.moved"]);
    const servers = await Promise.all([one, two].map((each) => served(each)));
    const { example } = (await servers[0]!.get("/model")).body as { example: object };
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        servers[i % 2]!.post(
          "/predict",
          Array.from({ length: 5 }, () => example),
        ),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    for (const path of ["/ui", "/ui/predictions"]) expect((await servers[0]!.get(path)).status).toBe(200);
    for (const server of servers) expect((await server.stop()).status).toBe(143);
    for (const each of [one, two])
      expect(await json(each, "predictions", "list")).toMatchObject({ total: 600, labelled: 0 });

    two.write({ "labels.csv": wrongLabels(one) });
    expect(await json(two, "labels", "labels.csv")).toMatchObject({ matched: 500, labelled: 500 });
    const monitored = await Promise.all([one, two].map((each) => ok(each, "monitor", "--wait", "1m", "--json")));
    const labelled = monitored.map((text) => (JSON.parse(text) as { window: { labelled: number } }).window.labelled);
    expect(labelled).toEqual([500, 500]);
    expect(posts.filter((area) => area === "performance")).toHaveLength(1);
    const open = await Promise.all([one, two].map((each) => json(each, "alerts", "list")));
    expect(open[1]).toEqual(open[0]);

    await Promise.all([ok(one, "prune", "--wait", "1m"), ok(two, "verify")]);
    expect((await two.start("backup").finished).stderr).toContain("pg_dump");
    await ok(one, "share", "--folder");
    expect(one.json("predictions", "list", "--labelled")).toMatchObject({ total: 500, labelled: 500 });
    expect(one.json("predictions", "list")).toMatchObject({ total: 600 });
    expect(one.json("alerts", "list")).toEqual(open[0]);
    expect((await two.start("predictions", "list").finished).stderr).toContain("was moved from");
  });

  onPostgres("run each job once, whichever of them runs the schedule", async () => {
    const schedule = [
      { name: "often", command: "doctor", cron: "*/3 * * * * *" },
      { name: "long", command: "verify", cron: "*/2 * * * * *", missed: "skip" },
    ];
    const [one, two] = await twoFolders("jobs", { schedule });
    const daemons = [one, two].map((each) => each.start("schedule", "run"));
    const admin = await connect(databaseAddress(url)!, "admin");
    const done = `SELECT FROM record WHERE workspace = 'jobs' AND kind = 'execution' AND record->>'status' = 'done'`;
    const count = async (): Promise<number> => (await admin.query(done)).length;
    await expect.poll(count, { timeout: 90_000, interval: 500 }).toBeGreaterThan(5);
    for (const { child } of daemons) child.kill("SIGTERM");
    const outputs = await Promise.all(daemons.map(({ finished }) => finished));
    expect(outputs.map(({ status }) => status)).toEqual([143, 143]);
    expect(outputs.map(({ stderr }) => stderr).join("")).toContain("already ran for this time");
    const twice = `SELECT record->>'job', record->>'dueAt' FROM record WHERE workspace = 'jobs' AND kind = 'execution'
      AND record->>'status' <> 'skipped' GROUP BY 1, 2`;
    expect((await admin.query(twice)).length).toBeGreaterThan(5);
    expect(await admin.query(`${twice} HAVING count(*) > 1`)).toEqual([]);
    await admin.end();
  });

  onPostgres("answer while Postgres is away, and log what waited when it is back", async () => {
    const [one] = await twoFolders("away");
    const server = await served(one);
    const { example } = (await server.get("/model")).body as { example: object };
    const reader = openLogReader({ database: "", shared: databaseAddress(`${url}?workspace=away`)! });
    await (postgres as PostgresServer).restart(async () => {
      expect((await server.post("/predict", [example, example])).status).toBe(200);
      await expect
        .poll(async () => (await server.get("/ready")).body["log_problem"], { timeout: 20_000 })
        .toMatch(/connection|database/);
      expect((await server.get("/ui")).status).toBe(200);
    });
    await expect.poll(async () => (await server.get("/ready")).body["log_problem"], { timeout: 20_000 }).toBeNull();
    expect((await server.stop()).status).toBe(143);
    expect(await reader.count()).toEqual({ predictions: 502, labelled: 0 });
    reader.close();
  });
});

describe("a server that is stopped", () => {
  const counts = (names: readonly string[]): Promise<number[]> =>
    Promise.all(
      names.map(async (name) => {
        const reader = openLogReader({ database: "", shared: databaseAddress(`${url}?workspace=${name}`)! });
        return (await reader.count()).predictions;
      }),
    );

  onPostgres("logs every row of a stream that is open meanwhile, also if the log is slow", async () => {
    const names = ["slow", "slower"];
    const [one, two] = [(await twoFolders("slow"))[0], (await twoFolders("slower"))[0]];
    const before = await counts(names);
    const admin = await connect(databaseAddress(url)!, "test");
    // Five batches of 5,000 rows take longer than the eight seconds after which other commands are ended.
    await admin.query(`CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(2.2); RETURN NULL; END';
      CREATE TRIGGER slow AFTER INSERT ON logged_prediction FOR EACH STATEMENT EXECUTE FUNCTION slow()`);
    const stopped = async (workspace: LifecycleWorkspace, signal: NodeJS.Signals) => {
      const server = await served(workspace);
      const { example } = (await server.get("/model")).body as { example: object };
      await server.post("/predict", example);
      // Its row is logged: the thread that writes runs.
      await expect
        .poll(async () => (await server.get("/metrics")).text, { timeout: 20_000 })
        .toContain("mlctl_prediction_log_written_total 1\n");
      const stream = httpRequest(`${server.url}/predict`, { method: "POST", headers: { "content-type": "text/csv" } });
      const reply = new Promise<string>((resolve, reject) => {
        stream.on("response", (response) => void replyOf(response).then(({ text }) => resolve(text), reject));
        stream.on("error", reject);
      });
      const line = "73,955,14\n";
      stream.write(`lastmonth_activity,lastyear_activity,number_of_employees\n${line.repeat(14_000)}`);
      await once(stream, "response");
      const finished = server.stop(signal);
      for (let part = 0; part < 10; part++) {
        stream.write(line.repeat(1000));
        await sleep(200);
      }
      stream.end();
      return { lines: (await reply).trimEnd().split("\n").length, ...(await finished) };
    };
    const results = await Promise.all([stopped(one, "SIGTERM"), stopped(two, "SIGHUP")]);
    await admin.query("DROP FUNCTION slow CASCADE");
    await admin.end();
    for (const { lines, status, stderr } of results)
      expect([lines, status, stderr]).toEqual([24_001, 143, expect.not.stringContaining("warning")]);
    expect(await counts(names)).toEqual(before.map((count) => count + 24_001));
  });

  onPostgres("ends as usual if the log does not respond, and says what is lost", async () => {
    const [one] = await twoFolders("hanging");
    const server = await served(one);
    const { example } = (await server.get("/model")).body as { example: object };
    const admin = await connect(databaseAddress(url)!, "test");
    await admin.query("BEGIN");
    await admin.query("LOCK TABLE logged_prediction");
    expect((await server.post("/predict", example)).status).toBe(200);
    const { status, stderr } = await server.stop();
    await admin.query("ROLLBACK");
    await admin.end();
    expect([status, stderr]).toEqual([143, expect.stringMatching(/not logged: .* did not respond within 5 s\n$/)]);
  });
});
