import { chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databaseAddress } from "../../core/databaseAddress.ts";
import {
  exampleDataset,
  exampleExecution,
  exampleMonitoring,
  exampleRequest,
  exampleRun,
  exampleWorkspace,
  temporaryFolder,
} from "../../testing/exampleRecords.ts";
import { hasPgbouncer, pgbouncer } from "../../testing/pgbouncer.ts";
import { postgresServer, type PostgresServer } from "../../testing/postgresServer.ts";
import { currentDeployment, deploymentHistory } from "../deployment/currentDeployment.ts";
import type { WorkspacePaths } from "../files/workspacePaths.ts";
import { openRecords } from "../openRecords.ts";
import type { LockRequest, Records } from "../records/records.ts";
import { openMemoryStore, openStore } from "../store/openStore.ts";
import type { RunStore } from "../store/runStore.ts";
import { saveRecord } from "../store/saveRecord.ts";
import { syncStore } from "../store/syncStore.ts";
import { connect, type Connection } from "./connect.ts";
import { lockOf, takeWriteLock } from "./writeLock.ts";

let server: PostgresServer | string;
let url = "";
let workspaces = 0;
let admin: Connection | undefined;
beforeAll(async () => {
  server = await postgresServer();
  if (typeof server === "string") return;
  url = await server.create("ml");
  admin = await connect(databaseAddress(url)!, "admin");
});
afterAll(async () => {
  await admin?.end();
});

interface Machine {
  readonly paths: WorkspacePaths;
  readonly records: Records;
  readonly store: RunStore;
}

/** Another machine with a folder of its own. */
function machine(workspace: string): Machine {
  const paths = { ...exampleWorkspace(), shared: databaseAddress(`${url}?workspace=${workspace}`) };
  return { paths, records: openRecords(paths, () => {}), store: openMemoryStore() };
}

const newWorkspace = (): string => `w${workspaces++}`;
const request = (change: Partial<LockRequest> = {}): LockRequest => ({
  command: "mlctl train",
  waitMs: 0,
  now: () => new Date(),
  ...change,
});

/** Ends the session of the server that holds the lock, as a cut cable would. */
async function cut(): Promise<void> {
  await admin!.query(
    "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity WHERE application_name LIKE 'mlctl train #%'",
  );
}

function itHere(title: string, work: (skip: (why: string) => void) => Promise<void>): void {
  it(title, async ({ skip }) => {
    if (typeof server === "string") return skip(server);
    await work(skip);
  });
}

describe("records in Postgres", () => {
  itHere("reach other machines in the order of their commits, with the bytes that were saved", async () => {
    const name = newWorkspace();
    const [a, b] = [machine(name), machine(name)];
    expect((await syncStore(b.records, b.store)).indexed).toBe(0);
    const lock = await a.records.lock(request());
    const odd = exampleRun(2, { note: "NUL \u0000, half \ud800, \\u0000 and ü", params: { "a\u0000": 1 } });
    await saveRecord(a, exampleDataset(1));
    await saveRecord(a, exampleRun(1));
    await saveRecord(a, odd);
    await saveRecord(a, { kind: "aliases", aliases: { best: "run1" } });
    await saveRecord(a, exampleRun(1, { note: "again" }));
    expect((await syncStore(b.records, b.store)).indexed).toBe(4);
    expect(b.store.runs()).toEqual(a.store.runs());
    expect(b.store.run("run2")).toEqual(odd);
    expect((await syncStore(b.records, b.store)).indexed).toBe(0);
    await a.records.remove(["models/run_run2.json"]);
    expect(await syncStore(b.records, b.store)).toMatchObject({ indexed: 0, removed: 1 });
    expect(b.store.run("run2")).toBeUndefined();
    await lock.release();
    const seqs = await admin!.query<{ seq: string }>("SELECT seq FROM record WHERE workspace = $1 ORDER BY seq", [
      name,
    ]);
    expect(seqs.map(({ seq }) => Number(seq))).toEqual([1, 4, 5, 6]);
  });

  itHere("deploys by one commit, and refreshes the copies of every machine", async () => {
    const name = newWorkspace();
    const [a, b] = [machine(name), machine(name)];
    const lock = await a.records.lock(request());
    for (const n of [1, 2, 3]) await a.records.deploy(exampleRequest(a.paths, `run${n}`, n));
    await lock.release();
    await syncStore(b.records, b.store);
    expect(b.store.deployments().map(({ deploymentId, runId }) => [deploymentId, runId])).toEqual([
      [3, "run3"],
      [2, "run2"],
      [1, "run1"],
    ]);
    expect(deploymentHistory(b.paths.production)).toEqual(deploymentHistory(a.paths.production));
    // A copy that was changed or deleted comes back with the next command, also with a reading one.
    writeFileSync(join(b.paths.production, "deployment.json"), "{}");
    await syncStore(b.records, b.store);
    expect(currentDeployment(b.paths.production)?.runId).toBe("run3");
    expect(
      await admin!.query("SELECT deployment_id, active FROM deployment WHERE workspace = $1 ORDER BY 1", [name]),
    ).toEqual([
      { deployment_id: 1, active: false },
      { deployment_id: 2, active: false },
      { deployment_id: 3, active: true },
    ]);
  });

  itHere("refuses the commit of a holder whose connection was cut, whether or not another has the lock", async () => {
    const name = newWorkspace();
    const [a, b] = [machine(name), machine(name)];
    await a.records.lock(request());
    await expect(b.records.lock(request())).rejects.toMatchObject({
      kind: "busy",
      message: expect.stringContaining(`pid ${process.pid}, \`mlctl train\``) as string,
    });
    await cut();
    const lock = await b.records.lock(request({ command: "mlctl deploy" }));
    await saveRecord(b, exampleRun(2));
    await lock.release();
    await expect(a.records.save(exampleRun(1))).rejects.toMatchObject({ kind: "failure" });
    await expect(a.records.deploy(exampleRequest(a.paths, "run1", 1))).rejects.toMatchObject({ kind: "failure" });
    expect(await admin!.query("SELECT id FROM record WHERE workspace = $1", [name])).toEqual([{ id: "run2" }]);
  });

  itHere("goes on after the connection was cut, where nobody changed a record meanwhile", async () => {
    const name = newWorkspace();
    const [a, b] = [machine(name), machine(name)];
    const lock = await a.records.lock(request());
    await saveRecord(a, exampleRun(1));
    await cut();
    await b.records.save(exampleExecution(1));
    await saveRecord(a, exampleRun(2));
    await expect(b.records.lock(request())).rejects.toMatchObject({ kind: "busy" });
    await cut();
    const other = await b.records.lock(request({ command: "mlctl deploy" }));
    await saveRecord(b, exampleRun(3));
    await other.release();
    await expect(a.records.save(exampleRun(4))).rejects.toThrow("another process changed the records meanwhile");
    await lock.release();
    expect(
      await admin!.query("SELECT id FROM record WHERE workspace = $1 AND kind = 'run' ORDER BY 1", [name]),
    ).toEqual([1, 2, 3].map((n) => ({ id: `run${n}` })));
  });

  itHere("waits for the lock, tells why, and stops on a signal", async () => {
    const name = newWorkspace();
    const [a, b] = [machine(name), machine(name)];
    const first = await a.records.lock(request());
    expect(await b.records.holder()).toMatchObject({ command: "mlctl train", pid: process.pid });
    const told: string[] = [];
    const stop = new AbortController();
    const stopped = b.records.lock(request({ waitMs: 60_000, signal: stop.signal }));
    stop.abort();
    await expect(stopped).rejects.toMatchObject({ kind: "interrupted" });
    const isTold = Promise.withResolvers<void>();
    const onWait = (message: string): void => (told.push(message), isTold.resolve());
    const second = b.records.lock(request({ waitMs: 60_000, onWait }));
    await isTold.promise;
    await first.release();
    await (await second).release();
    expect(told).toHaveLength(1);
    // The lock of another workspace is another lock.
    const others = await Promise.all(
      [machine(newWorkspace()), machine(newWorkspace())].map(({ records }) => records.lock(request())),
    );
    for (const { release } of others) await release();
  });

  itHere("saves executions without the lock, and many at once", async () => {
    const [a] = [machine(newWorkspace())];
    await (await a.records.lock(request())).release();
    await Promise.all([1, 2, 3, 4, 5].map((n) => saveRecord(a, exampleExecution(n))));
    expect(a.store.executions()).toHaveLength(5);
    await expect(a.records.save(exampleRun(1))).rejects.toThrow("does not hold the lock");
  });

  itHere("misses no record that another machine saved between an update of the index and a save", async () => {
    const name = newWorkspace();
    const [a, b] = [machine(name), machine(name)];
    const lock = await a.records.lock(request());
    await saveRecord(a, exampleRun(1));
    await syncStore(a.records, a.store);
    await saveRecord(b, exampleExecution(1));
    await saveRecord(a, exampleRun(2));
    await syncStore(a.records, a.store);
    expect(a.store.executions()).toHaveLength(1);
    expect(await syncStore(a.records, a.store)).toEqual({ indexed: 0, removed: 0, problems: [] });
    await lock.release();
  });

  itHere("does not set back an index that another process updated in the meantime", async () => {
    const a = machine(newWorkspace());
    const [one, two] = [openStore(a.paths.index), openStore(a.paths.index)];
    const lock = await a.records.lock(request());
    await a.records.save(exampleRun(1));
    let isFirst = true;
    const slow: Pick<Records, "changes"> = {
      async changes(known) {
        const found = await a.records.changes(known);
        if (isFirst) {
          isFirst = false;
          await a.records.save(exampleRun(1, { note: "newer" }));
          await a.records.save(exampleRun(2));
          await syncStore(a.records, two);
        }
        return found;
      },
    };
    await syncStore(slow, one);
    expect(one.run("run1")?.note).toBe("newer");
    one.close();
    two.close();
    await lock.release();
  });

  itHere("replaces an index that belongs to another state of the database", async () => {
    const name = newWorkspace();
    const [a, b] = [machine(name), machine(name)];
    const lock = await a.records.lock(request());
    for (const n of [1, 2, 3]) await saveRecord(a, exampleRun(n));
    await syncStore(b.records, b.store);
    // The database is set back to its first record, and goes on from there.
    await admin!.query("DELETE FROM record WHERE workspace = $1 AND seq > 1", [name]);
    expect(await syncStore(b.records, b.store)).toMatchObject({ removed: 2 });
    for (const n of [7, 8]) await saveRecord(a, exampleRun(n));
    await syncStore(b.records, b.store);
    expect(b.store.runs().map(({ runId }) => runId)).toEqual(["run8", "run7", "run1"]);
    // The same, but the index sees it only when the numbers are higher again.
    await admin!.query("DELETE FROM record WHERE workspace = $1 AND seq > 1", [name]);
    for (const n of [4, 5, 6]) await saveRecord(a, exampleRun(n));
    await syncStore(b.records, b.store);
    expect(b.store.runs().map(({ runId }) => runId)).toEqual(["run6", "run5", "run4", "run1"]);
    await lock.release();
  });

  itHere("changes a state in one go, whichever machine changes it", async () => {
    const name = newWorkspace();
    const machines = [machine(name), machine(name)];
    expect(await machines[0]!.records.state("alerts")).toBeNull();
    const seen: (string | null)[] = [];
    const add = (text: string | null): string => (seen.push(text), String(Number(text) + 1));
    await Promise.all(Array.from({ length: 40 }, (_, i) => machines[i % 2]!.records.state("alerts", add)));
    expect(new Set(seen).size).toBe(40);
    expect(await machines[1]!.records.state("alerts")).toBe("40");
    const broken = machines[0]!.records.state("alerts", () => {
      throw new TypeError("a bug");
    });
    await expect(broken).rejects.toThrow("a bug");
    expect(await machines[0]!.records.state("alerts", () => null)).toBeNull();
    expect(await machines[1]!.records.state("alerts")).toBeNull();
    expect(await machine(newWorkspace()).records.state("alerts")).toBeNull();
  });

  itHere("locks a job on all machines, beside the workspace and other jobs", async () => {
    const name = newWorkspace();
    const [a, b] = [machine(name), machine(name)];
    const workspace = await a.records.lock(request());
    const held = await a.records.lock(request({ job: "nightly" }));
    await expect(b.records.lock(request({ job: "nightly" }))).rejects.toMatchObject({ kind: "busy" });
    const other = await b.records.lock(request({ job: "hourly" }));
    await (await machine(newWorkspace()).records.lock(request({ job: "nightly" }))).release();
    await held.release();
    await (await b.records.lock(request({ job: "nightly", waitMs: 1000 }))).release();
    await saveRecord(a, exampleRun(1));
    await Promise.all([other.release(), workspace.release()]);
  });

  itHere("takes the lock of a job again after the connection was lost, and reports another machine's", async () => {
    const name = newWorkspace();
    const [key, lost] = [lockOf(databaseAddress(`${url}?workspace=${name}`)!, "nightly"), [] as string[]];
    const held = await machine(name).records.lock(request({ job: "nightly", onLost: (message) => lost.push(message) }));
    const holder = async (): Promise<number> => {
      const sql = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = $1 AND objid = $2";
      return (await admin!.query<{ pid: number }>(sql, key))[0]?.pid ?? 0;
    };
    const first = await holder();
    await cut();
    await expect.poll(holder, { timeout: 20_000 }).toSatisfy((pid: number) => pid !== 0 && pid !== first);
    expect(lost).toEqual([]);
    // It waits in the queue of the server, and so gets the lock before the first one is back.
    const other = await connect(databaseAddress(url)!, "another machine");
    const taken = other.query("SELECT pg_advisory_lock($1, $2)", key);
    await expect
      .poll(() => admin!.query("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"))
      .toHaveLength(1);
    await cut();
    await taken;
    await expect.poll(() => lost, { timeout: 20_000 }).toHaveLength(1);
    expect(lost[0]).toContain("was lost, and then its lock: the workspace is in use");
    await held.release();
    await other.end();
  });

  itHere("refuses a folder with records of its own, and changes nothing there", async () => {
    const { paths, records, store } = machine(newWorkspace());
    const file = join(paths.models, "run_run1.json");
    writeFileSync(file, JSON.stringify(exampleRun(1)));
    await expect(syncStore(records, store)).rejects.toThrow("this folder has 1 record that postgres://mlctl@127.0.0.1");
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(exampleRun(1));
    rmSync(file);
    expect((await syncStore(records, store)).indexed).toBe(0);
  });

  itHere("has the views of the index's tables", async () => {
    const name = newWorkspace();
    const a = machine(name);
    const lock = await a.records.lock(request());
    await saveRecord(a, exampleRun(1, { metrics: { f1: 0.5, roc_auc: null } }));
    await saveRecord(a, exampleMonitoring(1));
    await lock.release();
    const of = (view: string, columns: string) =>
      admin!.query(`SELECT ${columns} FROM ${view} WHERE workspace = $1 ORDER BY 1, 2, 3`, [name]);
    expect(await of("run", "run_id, family, model_version")).toEqual([
      { run_id: "run1", family: "logistic_regression", model_version: 1 },
    ]);
    expect(await of("metric", "part, name, value")).toEqual([
      { part: "validation", name: "f1", value: 0.5 },
      { part: "validation", name: "roc_auc", value: null },
    ]);
    const values = await of("monitor_value", "kind, area, name, value, low, high, bound, status, message");
    expect(values).toContainEqual(
      expect.objectContaining({ kind: "metric", area: "performance", name: "f1", value: 0.5, low: 0.4, high: 0.6 }),
    );
    expect(values).toContainEqual(
      expect.objectContaining({ kind: "drift", name: "age", status: "fail", message: "ks" }),
    );
  });

  itHere("refuses a database whose encoding cannot hold every name", async () => {
    const { port } = server as Exclude<typeof server, string>;
    await admin!.query("CREATE DATABASE ascii ENCODING 'SQL_ASCII' TEMPLATE template0 LOCALE 'C'");
    const shared = databaseAddress(`postgres://mlctl@127.0.0.1:${port}/ascii?workspace=w`);
    const lock = openRecords({ ...exampleWorkspace(), shared }, () => {}).lock(request());
    await expect(lock).rejects.toMatchObject({
      kind: "data",
      message: expect.stringContaining("has the encoding SQL_ASCII, but mlctl needs UTF8") as string,
      hint: expect.stringContaining("ENCODING 'UTF8'") as string,
    });
  });

  const pools = [
    ["transaction", 5],
    ["transaction", 1],
    ["session", 5],
    ["session", 1],
  ] as const;
  itHere("refuses PgBouncer in transaction mode and works behind it in session mode", async (skip) => {
    if (typeof server === "string" || !hasPgbouncer) return skip("there is no pgbouncer here");
    for (const [mode, size] of pools) {
      const folder = temporaryFolder();
      chmodSync(folder, 0o755);
      const pooler = await pgbouncer(folder, { port: server.port, mode, size });
      const shared = databaseAddress(`postgres://mlctl@127.0.0.1:${pooler.port}/ml?workspace=${mode}${size}`);
      const paths = { ...exampleWorkspace(), shared };
      const lock = openRecords(paths, () => {}).lock(request());
      if (mode === "transaction") {
        await expect(lock).rejects.toMatchObject({ hint: expect.stringContaining("pool_mode = session") as string });
      } else await (await lock).release();
      await pooler.stop();
    }
  });

  itHere("asks in each commit whether this session still has the lock, and under its own name", async () => {
    const { paths } = machine(newWorkspace());
    const lock = await takeWriteLock(paths.shared!, request());
    await lock.fence();
    await lock.connection.query("SELECT set_config('mlctl.holder', 'another client of a pool', false)");
    await expect(lock.fence()).rejects.toMatchObject({ kind: "failure" });
    await lock.release();
    const other = await takeWriteLock(paths.shared!, request());
    await other.connection.query("SELECT pg_advisory_unlock_all()");
    await expect(other.fence()).rejects.toMatchObject({ kind: "failure" });
    await other.release();
  });

  itHere("says what to do without a password, with a wrong name and without a server", async () => {
    const at = (address: string) => connect(databaseAddress(address)!, "mlctl");
    const password = process.env["PGPASSWORD"]!;
    process.env["PGPASSWORD"] = "wrong-password";
    const refused = await at(url).catch((error: unknown) => error);
    process.env["PGPASSWORD"] = password;
    expect(refused).toMatchObject({ kind: "failure", hint: expect.stringContaining("~/.pgpass") as string });
    expect(JSON.stringify(refused, Object.getOwnPropertyNames(refused))).not.toContain("wrong-password");
    await expect(at(`${url}x`)).rejects.toMatchObject({ hint: expect.stringContaining("CREATE DATABASE") as string });
    await expect(at("postgres://mlctl@127.0.0.1:1/ml")).rejects.toThrow(
      "cannot reach the database postgres://mlctl@127.0.0.1:1/ml",
    );
  });
});
