import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { cellText } from "../../core/table/cellText.ts";
import { findColumn } from "../../core/table/findColumn.ts";
import { readTable } from "./readTable.ts";

const folder = mkdtempSync(join(tmpdir(), "mlctl-texts-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("text columns of a long file", () => {
  it("contain the value of every line, with codes in order of first appearance", async () => {
    const few = ["it's", 'a "b"', "", "Ærø", " x ", "NULL"];
    const text = (row: number): string => few[(row * 7 + Math.floor(row / 1000)) % few.length]!;
    const quoted = (value: string): string => (value === "" ? "" : `"${value.replaceAll('"', '""')}"`);
    const rows = Array.from({ length: 60_000 }, (_, row) => `${row},${quoted(text(row))},id${row},"same"`);
    const path = join(folder, "long.csv");
    writeFileSync(path, ["n,few,many,one's", ...rows, ""].join("\n"));
    const table = await readTable([path]);
    const column = findColumn(table, "few")!;
    if (column.kind !== "category") throw new Error("a category");
    const first = [...new Set(Array.from({ length: 60_000 }, (_, row) => text(row)))].filter((each) => each !== "");
    expect(column.categories).toEqual(first);
    const wrong = Array.from({ length: 60_000 }, (_, row) => row).filter(
      (row) => (cellText(column, row) ?? "") !== text(row),
    );
    expect(wrong).toEqual([]);
    const many = findColumn(table, "many")!;
    expect(many.kind === "category" && many.categories.length).toBe(60_000);
    expect(cellText(many, 59_999)).toBe("id59999");
    expect(findColumn(table, "one's")).toMatchObject({ categories: ["same"] });
  });
});
