import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ingestFiles } from "./ingestFiles.ts";

it("reads 10,000 columns", async () => {
  const folder = await mkdtemp(join(tmpdir(), "ingest-test-"));
  const names = Array.from({ length: 10_000 }, (_, i) => `column_number_${i}`);
  const line = names.map((_, i) => i).join(",");
  const path = join(folder, "f.csv");
  await writeFile(path, `${names.join(",")}\n${line}\n${line}\n`);
  const done = await ingestFiles([path], { output: join(folder, "dataset.out"), dedupe: "first" });
  expect([done.rows, done.columns.length, done.duplicatesRemoved]).toEqual([1, 10_000, 1]);
  await rm(folder, { recursive: true });
});
