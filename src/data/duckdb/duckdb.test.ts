import { mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { withDatabase } from "./duckdb.ts";

it("creates its folder only when it has to spill, and removes it", async () => {
  const parent = await mkdtemp(join(tmpdir(), "duckdb-test-"));
  const seen: string[][] = [];
  await withDatabase(
    async (database) => {
      await database.run("CREATE TABLE small AS SELECT range FROM range(1000)");
      seen.push(await readdir(parent));
      // 20 million numbers of 8 bytes do not fit.
      await database.run("SET memory_limit = '60MB'; SET threads = 1");
      await database.run("CREATE TABLE large AS SELECT random() AS value FROM range(20000000)");
      seen.push(await readdir(parent));
    },
    { folder: join(parent, "spill") },
  );
  expect(seen).toEqual([[], ["spill"]]);
  expect(await readdir(parent)).toEqual([]);
});
