/** Work for several machines, on pg-boss. Each offer is a queue of its own, so that deleting it leaves nothing behind. */
import type { PgBoss } from "pg-boss";
import { createHash, randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { DatabaseAddress } from "../../core/databaseAddress.ts";
import { MlctlError } from "../../core/errors.ts";
import type { LivingWorker, NewTask, Progress, TakenTask, WorkBytes } from "../records/work.ts";
import { sqlState, lockKey, OFFER_LOCK, TASK_LOCK } from "./connect.ts";
import type { WorkSession } from "./workSession.ts";

export interface WorkQueueOptions {
  readonly address: DatabaseAddress;
  readonly session: WorkSession;
  readonly bytes: WorkBytes;
  /** Workers of another version do not see the offers. */
  readonly version: string;
}

export const QUEUE_SCHEMA = "mlctl_queue";

/** A task that ends its workers is not tried for ever. */
const RETRIES = 5;
/** How long an offer may be without the connection that holds it. */
const ABANDONED_MILLISECONDS = 2000;
/** The longest that pg-boss allows. */
const LONGEST_SECONDS = 24 * 3600;

interface TaskData {
  readonly title: string;
  /** Base64, because jsonb would sort the keys of an object. */
  readonly task: string;
}

const fromBase64 = (text: string): Buffer => Buffer.from(text, "base64");

export type WorkQueue = ReturnType<typeof workQueue>;

/**
 * An offer is the work of one command: its bytes, which each worker gets once, and a queue of tasks. It ends with the
 * command that made it. Every method throws MlctlError, kind "failure", where the database cannot be reached. pg-boss is
 * loaded on the first work: a command without workers asks only who lives.
 */
export function workQueue({ address, session, bytes, version }: WorkQueueOptions) {
  let started: Promise<PgBoss> | undefined;
  const boss = (): Promise<PgBoss> => (started ??= start());

  /** It polls for nothing here: commands and workers ask when they have a reason to. */
  async function start(): Promise<PgBoss> {
    const idle = { supervise: false, schedule: false, registerInstance: false };
    const made = new (await import("pg-boss")).PgBoss({ db: { executeSql }, schema: QUEUE_SCHEMA, ...idle });
    // Of what it does by itself; errors of calls are thrown.
    made.on("error", () => {});
    made.on("warning", () => {});
    try {
      return await made.start();
    } catch (error) {
      started = undefined;
      void made.stop({ graceful: false }).catch(() => {});
      if (sqlState(error) !== "42501") throw error;
      const message = `${address.shown} has no schema ${QUEUE_SCHEMA}, and this user may not create it`;
      const hint = "run `mlctl worker` once as a user who may, or GRANT CREATE ON DATABASE to this one";
      throw new MlctlError("failure", message, { hint, cause: error });
    }
  }

  const prefix = `mlctl/${address.workspace}/`;
  /** Tasks of workers that did not seem to live when they were last seen, with their attempt. */
  let doubtful = new Set<string>();

  async function executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }> {
    try {
      // Several statements at once have no rows that pg-boss reads.
      return { rows: (await session.query(text, values)) ?? [] };
    } catch (error) {
      // The text may have begun a transaction.
      if (sqlState(error) !== undefined) await session.query("ROLLBACK").catch(() => {});
      throw error;
    }
  }

  async function queues(): Promise<string[]> {
    const all = await (await boss()).getQueues();
    return all.map(({ name }) => name).filter((name) => name.startsWith(prefix));
  }

  /** Removes all that is left of an offer. */
  async function end(offer: string): Promise<void> {
    await (await boss()).deleteQueue(offer);
    await bytes.remove(offer);
    await session.release(OFFER_LOCK, offer);
  }

  /** Since when offers were seen without a command that holds them: it may be about to connect again. */
  const unlocked = new Map<string, number>();
  /** Offers of living commands with the same version. Removes what commands that were killed left behind. */
  async function offers(): Promise<string[]> {
    const [names, living] = [await queues(), await locks(session, OFFER_LOCK)];
    for (const name of names) {
      if (living.has(lockKey(name))) unlocked.delete(name);
      else if (performance.now() - (unlocked.get(name) ?? Infinity) > ABANDONED_MILLISECONDS) await end(name);
      else if (!unlocked.has(name)) unlocked.set(name, performance.now());
    }
    return names.filter((name) => living.has(lockKey(name)) && name.startsWith(`${prefix}${version}/`));
  }

  return {
    async open(): Promise<void> {
      await session.query("SELECT 1");
    },
    /** Keeps the bytes and returns the name of the offer. */
    async offer(content: Buffer): Promise<string> {
      await offers();
      const sha256 = createHash("sha256").update(content).digest("hex");
      const offer = `${prefix}${version}/${sha256}/${randomUUID().slice(0, 8)}`;
      await session.hold(OFFER_LOCK, offer);
      await bytes.put(offer, content);
      await (await boss()).createQueue(offer, { retryLimit: RETRIES, retryDelay: 0, expireInSeconds: LONGEST_SECONDS });
      return offer;
    },
    offers,
    async bytesOf(offer: string): Promise<Buffer> {
      const content = await bytes.get(offer);
      const [, , , sha256] = offer.split("/");
      if (content !== undefined && createHash("sha256").update(content).digest("hex") === sha256) return content;
      throw new MlctlError("data", `the bytes of the work ${offer} are ${content ? "damaged" : "not there"}`);
    },
    /** @returns the ids of the tasks */
    async add(offer: string, tasks: readonly NewTask[]): Promise<readonly string[]> {
      const jobs = tasks.map(({ title, bytes: task }: NewTask) => {
        return { data: { title, task: task.toString("base64") } satisfies TaskData };
      });
      return (await (await boss()).insert(offer, jobs, { returnId: true })) ?? [];
    },
    async take(offer: string, count: number): Promise<readonly TakenTask[]> {
      const jobs = await (await boss()).fetch<TaskData>(offer, { batchSize: count });
      for (const { id } of jobs) await session.hold(TASK_LOCK, id);
      return jobs.map(({ id, retryCount, data }): TakenTask => ({ id, retryCount, bytes: fromBase64(data.task) }));
    },
    /** Nothing happens if the task was taken back meanwhile, or the offer has ended. */
    async finish(offer: string, { id, retryCount }: TakenTask, result: Buffer): Promise<void> {
      await (await boss()).complete(offer, { id, retryCount }, { result: result.toString("base64") });
      await session.release(TASK_LOCK, id);
    },
    /** Another worker may try it. */
    async giveUp(offer: string, { id, retryCount }: TakenTask, reason: string): Promise<void> {
      await (await boss()).fail(offer, { id, retryCount }, { reason });
      await session.release(TASK_LOCK, id);
    },
    async remove(offer: string, ids: readonly string[]): Promise<void> {
      if (ids.length === 0) return;
      await (await boss()).deleteJob(offer, [...ids]);
      for (const id of ids) await session.release(TASK_LOCK, id);
    },
    /** For the command that offers: takes back the tasks of workers that died. @param posted tasks that others may do */
    async progress(offer: string, posted: ReadonlySet<string>): Promise<Progress> {
      const [jobs, living] = [
        await (await boss()).findJobs<TaskData>(offer, { limit: 100_000 }),
        await locks(session, TASK_LOCK),
      ];
      const others = jobs.filter(({ id }) => posted.has(id));
      const dead = others.filter(({ id, state }) => state === "active" && !living.has(lockKey(id)));
      // It is taken a moment before its lock is.
      const seen = new Set(dead.map(({ id, retryCount }) => `${id} ${retryCount}`));
      for (const { id, retryCount } of dead)
        if (doubtful.has(`${id} ${retryCount}`))
          await (await boss()).fail(offer, { id, retryCount }, { reason: "worker died" });
      doubtful = seen;
      const completed = others.filter(({ state }) => state === "completed");
      const known = new Set(others.map(({ id }) => id));
      // The queue of a command whose connection was cut may have been removed before it had another.
      const lost = [...posted].filter((id) => !known.has(id));
      const isOver = ({ state }: (typeof others)[number]): boolean => state === "failed" || state === "cancelled";
      const failed = [...others.filter(isOver).map(({ id }) => id), ...lost];
      const gone = [...completed.map(({ id }) => id), ...failed];
      if (gone.length > 0) await (await boss()).deleteJob(offer, gone);
      const done = completed.map(({ id, output }) => [id, fromBase64((output as { result: string }).result)] as const);
      return { done: new Map(done), failed };
    },
    end,
    async workers(): Promise<readonly LivingWorker[]> {
      const found = await session.query<SessionRow>(WORKERS, [TASK_LOCK]);
      const workers = found.flatMap((row) => workerOf(row, address.workspace));
      if (workers.every(({ keys }) => keys.length === 0)) return workers.map(withTasks(new Map()));
      const jobs = (
        await Promise.all((await queues()).map(async (name) => (await boss()).findJobs<TaskData>(name)))
      ).flat();
      return workers.map(withTasks(new Map(jobs.map(({ id, data }) => [lockKey(id), data.title]))));
    },
    async close(): Promise<void> {
      await (await started?.catch(() => undefined))?.stop({ graceful: false }).catch(() => {});
      await session.end();
    },
  };
}

/** Keys of the locks of one kind that sessions of this database hold. */
async function locks(session: WorkSession, kind: number): Promise<Set<number>> {
  const rows = await session.query<{ key: string }>(`SELECT objid AS key FROM pg_locks WHERE ${OF_KIND}`, [kind]);
  return new Set(rows.map(({ key }) => Number(key)));
}

const OF_KIND = `locktype = 'advisory' AND granted AND objsubid = 2 AND classid = $1::bigint
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;

interface SessionRow {
  readonly name: string;
  readonly since: Date;
  readonly keys: readonly string[];
}

const WORKERS = `SELECT application_name AS name, backend_start AS since,
    ARRAY(SELECT objid::text FROM pg_locks WHERE pid = a.pid AND ${OF_KIND}) AS keys
  FROM pg_stat_activity a WHERE datname = current_database() AND application_name LIKE 'mlctl worker %'
  ORDER BY backend_start, pid`;

type FoundWorker = Omit<LivingWorker, "tasks"> & { readonly keys: readonly number[] };

const withTasks =
  (titles: ReadonlyMap<number, string>) =>
  ({ keys, ...worker }: FoundWorker): LivingWorker => {
    return { ...worker, tasks: keys.map((key) => titles.get(key) ?? "").toSorted() };
  };

/** How a worker is seen by others, in pg_stat_activity; Postgres cuts it after 63 bytes, so the host is last. */
export function workerName({ workspace }: DatabaseAddress, version: string, threads: number): string {
  return `mlctl worker ${threads} ${version} ${lockKey(workspace).toString(36)} #${process.pid}@${hostname()}`.slice(
    0,
    63,
  );
}

function workerOf({ name, since, keys }: SessionRow, workspace: string): FoundWorker[] {
  const [, threads, version = "", key, pid, host = ""] =
    /^mlctl worker (\d+) (\S+) (\w+) #(\d+)@(.*)$/.exec(name) ?? [];
  if (key !== lockKey(workspace).toString(36)) return [];
  const at = since.toISOString();
  return [{ host, pid: Number(pid), threads: Number(threads), version, since: at, keys: keys.map(Number) }];
}
