/** Workers of a shared workspace: the same trials with and without them, killed ones, and nothing that is left behind. */
import pg from "pg";
import { describe, expect } from "vitest";
import { emptyWorkspace } from "./lifecycleWorkspace.ts";
import {
  busy,
  database,
  leftovers,
  living,
  ok,
  onPostgres,
  runs,
  start,
  toTrain,
  toTune,
  trials,
  url,
  variables,
  type RunsJson,
} from "./workersWorkspace.ts";

describe("workers", () => {
  onPostgres("make the same trials as threads, also if two of them are killed, and leave nothing behind", async () => {
    const alone = toTune();
    alone.ok("tune");
    const shared = toTune();
    await ok(shared, "share", url);
    const workers = Array.from({ length: 3 }, () => start(shared, "worker", "--threads", "1"));
    await expect.poll(() => living(shared), { timeout: 60_000 }).toHaveLength(3);
    const tuning = start(shared, "tune", "--workers", "1");
    for (const { child, finished } of workers.slice(1)) {
      await expect.poll(busy, { timeout: 60_000, interval: 5 }).toBeGreaterThanOrEqual(2);
      child.kill("SIGKILL");
      await finished;
    }
    const tuned = await tuning.finished;
    expect(tuned.status, tuned.stderr).toBe(0);
    expect(tuned.stdout + tuned.stderr).toMatch(/workers did [1-9]\d* fits/);
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

  onPostgres("train the same runs with 0, 1 and 2 workers, one of them killed, and reproduce them", async () => {
    const alone = toTrain();
    alone.ok("train");
    const expected = runs(alone.json<RunsJson>("runs", "list"));
    expect(expected).toHaveLength(4);
    for (const count of [0, 1, 2]) {
      const shared = toTrain();
      await ok(shared, "share", `${url}?workspace=train${count}`);
      const workers = Array.from({ length: count }, () => start(shared, "worker", "--threads", "1"));
      await expect.poll(() => living(shared), { timeout: 60_000 }).toHaveLength(count);
      const training = start(shared, "train");
      if (count === 2) {
        await expect.poll(busy, { timeout: 60_000, interval: 5 }).toBe(2);
        workers[1]!.child.kill("SIGKILL");
      }
      const { status, stdout, stderr } = await training.finished;
      expect(status, stderr).toBe(0);
      expect(/workers did [1-9]\d* fits?/.test(stdout + stderr)).toBe(count > 0);
      const found = JSON.parse((await ok(shared, "runs", "list", "--json")).stdout) as RunsJson;
      expect(runs(found)).toEqual(expected);
      const again = await ok(shared, "reproduce", found.runs.find(({ model }) => model !== null)!.run_id);
      expect(again.stderr).toContain("byte for byte");
      // On an idle machine the few fits may be done before a worker asks for one.
      if (count === 0) expect(again.stdout + again.stderr).not.toMatch(/workers did/);
      if (count > 0) expect(await leftovers()).toEqual([]);
      workers[0]?.child.kill("SIGTERM");
      await workers[0]?.finished;
    }
  });

  onPostgres("get no more to do after Ctrl-C of the command, which leaves nothing behind", async () => {
    const shared = toTune();
    await ok(shared, "share", `${url}?workspace=interrupted`);
    const worker = start(shared, "worker", "--threads", "1");
    await expect.poll(() => living(shared), { timeout: 60_000 }).toHaveLength(1);
    // Seen in pg_stat_activity as a worker of another version.
    const [{ rows }] = [
      await database.query<{ name: string }>("SELECT application_name AS name FROM pg_stat_activity"),
    ];
    const name = rows.find((row) => row.name.startsWith("mlctl worker"))!.name.replace(/\d-\w{6}/, "0-000000");
    const other = new pg.Client({ connectionString: url, application_name: name });
    await other.connect();
    other.on("error", () => {});
    const tuning = start(shared, "tune", "--workers", "1", "-v");
    await expect.poll(busy, { timeout: 60_000, interval: 5 }).toBeGreaterThan(0);
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
    await expect.poll(() => living(shared), { timeout: 60_000 }).toHaveLength(1);
    const tuning = start(shared, "tune", "--workers", "1");
    await expect.poll(busy, { timeout: 60_000, interval: 5 }).toBeGreaterThan(0);
    tuning.child.kill("SIGKILL");
    await tuning.finished;
    await expect.poll(leftovers, { timeout: 60_000 }).toEqual([]);
    worker.child.kill("SIGTERM");
    expect((await worker.finished).status).toBe(143);
    expect((await ok(shared, "worker", "--idle", "100ms")).stderr).toContain("did 0 tasks");
    // Also where the database does not come back.
    const lost = start(shared, "worker", "--idle", "3s");
    await expect.poll(() => living(shared), { timeout: 60_000 }).toHaveLength(1);
    await database.query("ALTER ROLE mlctl NOLOGIN");
    const sessions =
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'mlctl worker%'";
    await database.query(sessions);
    const { status, stderr } = await lost.finished;
    await database.query("ALTER ROLE mlctl LOGIN");
    expect([status, stderr]).toEqual([1, expect.stringMatching(/trying again[^]*error: /)]);
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
