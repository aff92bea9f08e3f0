import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Table } from "../core/table/table.ts";
import { keptTables } from "./keptTables.ts";

const folder = mkdtempSync(join(tmpdir(), "mlctl-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, "rows.csv");

const table = (rowCount: number): Table => ({
  rowCount,
  columns: [{ kind: "number", name: "a", values: new Float64Array(rowCount) }],
});

describe("keptTables", () => {
  it("reads unchanged files once, and again after a change or with other options", async () => {
    const tables = keptTables();
    let reads = 0;
    const read = async (): Promise<Table> => table(++reads);
    writeFileSync(file, "a\n1\n");
    const first = await tables([file], {}, read);
    expect(await tables([file], {}, read)).toBe(first);
    expect((await tables([file], { where: "a > 1" }, read)).rowCount).toBe(2);
    writeFileSync(file, "a\n1\n2\n");
    expect((await tables([file], {}, read)).rowCount).toBe(3);
  });

  it("does not keep a large table", async () => {
    const tables = keptTables();
    const read = async (): Promise<Table> => table(2_000_001);
    expect((await tables([file], {}, read)) === (await tables([file], {}, read))).toBe(false);
  });

  it("passes errors of the reader on and keeps nothing of a failed read", async () => {
    const tables = keptTables();
    const gone = [join(folder, "gone.csv")];
    await expect(tables(gone, {}, () => Promise.reject(new Error("gone")))).rejects.toThrow("gone");
    expect((await tables(gone, {}, async () => table(1))).rowCount).toBe(1);
  });
});
