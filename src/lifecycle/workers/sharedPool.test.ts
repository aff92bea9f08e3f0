/** Tasks that a worker or the queue loses are done all the same, and once. */
import pg from "pg";
import { expect, it } from "vitest";
import { databaseAddress } from "../../core/databaseAddress.ts";
import { openWork } from "../../storage/openRecords.ts";
import { exampleWorkspace } from "../../testing/exampleWorkspace.ts";
import { postgresServer } from "../../testing/postgresServer.ts";
import { computeVersion, packed, unpacked } from "./pools.ts";
import { sharedPool } from "./sharedPool.ts";

const server = await postgresServer();

/** A command whose only thread is held by task 0 until `release`, a worker, and task 1 in the queue. */
async function sharing(name: string) {
  if (typeof server === "string") throw new Error(server);
  const url = await server.create(name);
  const own = (await exampleWorkspace({ target: "leaves" })).workspace();
  const paths = { ...own.paths, shared: databaseAddress(url) };
  const [version, { signal }] = [await computeVersion(), own.context];
  const worker = () => openWork(paths, { version, threads: 1, signal });
  const first = await worker();
  await first.open();
  const [doneHere, held] = [[] as number[], Promise.withResolvers<void>()];
  const local = {
    async run(task: number) {
      if (task === 0) await held.promise;
      doneHere.push(task);
      return 10 * task;
    },
    async close() {},
  };
  const post = (task: number) => ({ title: String(task), task });
  const options = { work: { kind: "search", work: null }, local, threads: 1, post } as const;
  const pool = sharedPool<number, number>({ ...own, paths }, options);
  const results = [pool.run(0), pool.run(1)];
  await expect.poll(() => first.offers(), { timeout: 20_000 }).toHaveLength(1);
  const [offer] = (await first.offers()) as [string];
  const take = async (by: typeof first) => {
    await expect.poll(async () => (taken = await by.take(offer, 1)), { timeout: 20_000 }).toHaveLength(1);
    return taken[0]!;
  };
  let taken: Awaited<ReturnType<typeof first.take>> = [];
  return { worker, first, offer, take, pool, results, doneHere, release: held.resolve, url };
}

it.skipIf(typeof server === "string")("a task whose worker died is taken over by another worker", async () => {
  const { worker, first, offer, take, pool, results, doneHere, release } = await sharing("died");
  expect(unpacked(Buffer.from((await take(first)).bytes))).toBe(1);
  await first.close();
  const second = await worker();
  await second.open();
  const again = await take(second);
  expect(again.retryCount).toBe(1);
  await second.finish(offer, again, packed(11));
  expect(await results[1]).toBe(11);
  release();
  expect(await Promise.all(results)).toEqual([0, 11]);
  expect(doneHere).toEqual([0]);
  expect(pool.note()).toEqual(["workers did 1 fit"]);
  await Promise.all([pool.close(), second.close()]);
});

it.skipIf(typeof server === "string").each(["lost", "cancelled"])(
  "a task that was %s is done by the command itself",
  async (how) => {
    const { first, offer, take, pool, results, doneHere, release, url } = await sharing(how);
    const { id } = await take(first);
    if (how === "lost") await first.remove(offer, [id]);
    else {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      await client.query("UPDATE mlctl_queue.job SET state = 'cancelled' WHERE id = $1", [id]);
      await client.end();
    }
    expect(await results[1]).toBe(10);
    release();
    await results[0];
    expect(doneHere).toEqual([1, 0]);
    expect(pool.note()).toEqual([]);
    await Promise.all([pool.close(), first.close()]);
  },
);
