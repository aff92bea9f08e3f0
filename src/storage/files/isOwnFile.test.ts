import { mkdirSync, mkdtempSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { isOwnFile, fromRecordPath } from "./workspacePaths.ts";

it("accepts only files in the folders that mlctl writes to, after resolving links", () => {
  const root = mkdtempSync(join(tmpdir(), "mlctl-own-"));
  const workspace = join(root, "workspace");
  for (const folder of ["models/schedule/logs", "practicedata"])
    mkdirSync(join(workspace, folder), { recursive: true });
  symlinkSync(root, join(workspace, "models/away"));
  const paths = {
    workspace,
    datasets: join(workspace, "ingesteddata"),
    models: join(workspace, "models"),
    production: join(root, "production"),
    database: join(workspace, "mlctl.db"),
    index: join(workspace, "mlctl.db"),
  };
  const isOwn = (recordPath: string) => isOwnFile(paths, fromRecordPath(workspace, recordPath));
  const own = ["models/run.json", "models/schedule/logs/a.log", "ingesteddata/a.csv", "../production/model.json"];
  const others = [
    "practicedata/a.csv",
    "config.json",
    "../outside",
    "models/../../outside",
    "models/away/outside",
    "modelsbeside/a",
    "/etc/passwd",
  ];
  expect(own.map(isOwn)).toEqual(own.map(() => true));
  expect(others.map(isOwn)).toEqual(others.map(() => false));
});
