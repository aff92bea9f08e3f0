import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { folderSource } from "./folderSource.ts";

it("leaves files and folders whose names are not UTF-8 with a warning, and takes the others", async () => {
  const folder = mkdtempSync(join(tmpdir(), "mlctl-drops-"));
  const warnings: string[] = [];
  const source = folderSource({ folder, settle: 0, clock: () => 0, warn: (text) => warnings.push(text) });
  const latin1 = (name: string) => Buffer.concat([Buffer.from(`${folder}/input/`), Buffer.from(name, "latin1")]);
  writeFileSync(join(folder, "input", "caf\u00e9.csv"), "a\n1\n");
  mkdirSync(latin1("d\u00e9"));
  for (const name of ["caf\u00e9.csv", "d\u00e9/x.csv"]) writeFileSync(latin1(name), "a\n1\n");
  expect((await source.ready()).drops).toEqual([{ given: "caf\u00e9.csv" }]);
  expect(warnings.toSorted()).toEqual(
    ["caf\uFFFD.csv", "d\uFFFD"].map((name) => `${name} is left where it is: its name is not UTF-8; rename it`),
  );
  expect(existsSync(latin1("caf\u00e9.csv"))).toBe(true);
  rmSync(folder, { recursive: true });
});
