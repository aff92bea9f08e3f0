import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { backupFiles } from "./backupFiles.ts";

it("reports files whose names are not UTF-8, which no archive can contain, once each", () => {
  const folder = mkdtempSync(join(tmpdir(), "mlctl-backup-files-"));
  const models = join(folder, "models");
  mkdirSync(models);
  for (const name of ["a.json", "b.csv"]) writeFileSync(join(models, name), "x");
  writeFileSync(Buffer.concat([Buffer.from(`${models}/`), Buffer.from("caf\u00e9.json", "latin1")]), "x");
  const leftOut: string[] = [];
  const files = backupFiles({ models }, join(folder, "mlctl.db"), (paths) => leftOut.push(...paths));
  expect(files.map(({ name }) => name)).toEqual(["models/a.json", "models/b.csv"]);
  expect(leftOut).toEqual([join(models, "caf\uFFFD.json")]);
  rmSync(folder, { recursive: true });
});
