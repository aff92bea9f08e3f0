import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { archiveName, backupFiles } from "./backupFiles.ts";

it("lists each file once, also one whose name is not UTF-8, which no archive can contain", () => {
  const folder = mkdtempSync(join(tmpdir(), "mlctl-backup-files-"));
  const models = join(folder, "models");
  mkdirSync(models);
  for (const name of ["a.json", "b.csv", "mlctl.db"]) writeFileSync(join(models, name), "x");
  writeFileSync(Buffer.concat([Buffer.from(`${models}/`), Buffer.from("caf\u00e9.json", "latin1")]), "x");
  const files = backupFiles([models, folder, join(folder, "missing")], join(models, "mlctl.db"));
  expect(files.map((path) => archiveName(folder, path))).toEqual([
    "workspace/models/a.json",
    "workspace/models/b.csv",
    "workspace/models/caf\uFFFD.json",
  ]);
  rmSync(folder, { recursive: true });
});

it("names what is elsewhere by its whole path", () => {
  const name = archiveName("/ws", "/ws/..models/a.json");
  expect([name, archiveName("/ws", "/mnt/models/a.json")]).toEqual([
    "workspace/..models/a.json",
    "outside/mnt/models/a.json",
  ]);
});
