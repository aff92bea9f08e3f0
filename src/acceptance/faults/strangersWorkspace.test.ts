/** A workspace from a stranger, whose records and links name files outside of it: none of them is written, taken away or read. */
import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { errorOf } from "../badInput.ts";
import { isFull } from "./faultCounts.ts";
import { hostileWorkspaces, SECRET, type HostileWorkspace } from "./hostileWorkspace.ts";

interface ArtifactJson {
  readonly path: string;
  readonly sha256: string;
}

let workspaceOf: () => HostileWorkspace;
beforeAll(() => {
  workspaceOf = hostileWorkspaces();
});

/** A record changed, in its own file. */
function edit<T>(workspace: HostileWorkspace, path: string, change: (record: T) => object): void {
  workspace.write({ [path]: JSON.stringify(change(JSON.parse(workspace.read(path)) as T), null, 2) });
}

/** Runs each; nothing outside may change, and nothing of it may be told. */
function expectNothingOutside(workspace: HostileWorkspace, lines: readonly string[]): void {
  const outside = workspace.outside();
  for (const line of lines) {
    const { stdout, stderr } = workspace.run(line.split(" "));
    expect(stdout + stderr, line).not.toContain(SECRET);
    expect(stderr, line).not.toContain("this is a bug");
    expect(workspace.outside(), line).toEqual(outside);
  }
}

const writers = isFull
  ? ["reindex", "fullprocess --force", "deploy --force", "deploy --rollback", "report", "verify", "diagnose"]
  : ["fullprocess --force", "deploy --rollback"];

describe("records that lead out of the workspace", () => {
  it.each(isFull ? ["../outside", "../fresh", "models/../../outside", "../../fresh/deep"] : ["models/../../outside"])(
    "of the deployment (%s): nothing is restored there",
    (path) => {
      const workspace = workspaceOf();
      type DeploymentJson = { readonly model: ArtifactJson; readonly latestScore: ArtifactJson | null };
      edit<DeploymentJson>(workspace, "production_deployment/deployment.json", (deployment) => ({
        ...deployment,
        model: { ...deployment.model, path },
        latestScore: deployment.latestScore && { ...deployment.latestScore, path },
      }));
      expectNothingOutside(workspace, writers);
    },
  );

  it("of runs and datasets: prune takes nothing away there", () => {
    const workspace = workspaceOf();
    workspace.ok("train", "--seed", "7");
    for (const name of workspace.names("models", /^run_/))
      edit<{ model: ArtifactJson | null }>(workspace, `models/${name}`, (run) => ({
        ...run,
        model: run.model && { ...run.model, path: "../outside" },
      }));
    for (const name of workspace.names("ingesteddata", /^dataset_/))
      edit<{ artifact: ArtifactJson }>(workspace, `ingesteddata/${name}`, (dataset) => ({
        ...dataset,
        artifact: { ...dataset.artifact, path: "../outside.csv" },
      }));
    const kept = { keep: 1, days: null };
    workspace.configure({ retention: { models: kept, datasets: kept, reports: kept } });
    expectNothingOutside(workspace, ["prune", ...writers, "prune"]);
  });

  it("of scheduled jobs: the scheduler takes no log away there", () => {
    const workspace = workspaceOf();
    const retention = { executions: { keep: 1, days: null } };
    workspace.configure({ schedule: [{ name: "verify", cron: "0 3 * * *" }], retention });
    workspace.ok("schedule", "now", "verify");
    const [name] = workspace.names("models/schedule", /^execution_/);
    edit<object>(workspace, `models/schedule/${name}`, (record) => ({ ...record, log: "../outside" }));
    expectNothingOutside(workspace, ["schedule now verify", "schedule now verify", "prune"]);
    expect(workspace.names("models/schedule", /^execution_/)).toHaveLength(1);
  });
});

describe("links that lead out of the workspace", () => {
  it.each(["mlctl.db", "mlctl.db.lock"])("%s: is refused, nothing is made there", (name) => {
    const workspace = workspaceOf();
    for (const target of ["../outside", "../fresh"]) {
      rmSync(join(workspace.folder, name), { force: true });
      symlinkSync(target, join(workspace.folder, name));
      const outside = workspace.outside();
      const done = workspace.run(["fullprocess", "--force"]);
      expect([done.status, done.stdout, errorOf(done)]).toEqual([
        2,
        "",
        [
          `error: ${name} is a link that leads out of its folder`,
          'hint: replace the link with a file, or set another path as "database" in config.json',
        ],
      ]);
      expect(workspace.outside()).toEqual(outside);
    }
  });

  it("in the place of files that are written: the link is replaced, not followed", () => {
    const workspace = workspaceOf();
    const places = [
      "production_deployment/trainedmodel.json",
      "production_deployment/latestscore.txt",
      "production_deployment/ingestedfiles.txt",
      "models/aliases.json",
      "mlctl.db-wal",
      "mlctl.db-shm",
      "mlctl.db.lock.json",
      "answers.csv",
    ];
    for (const place of places) {
      rmSync(join(workspace.folder, place), { force: true });
      symlinkSync(join(workspace.folder, "../fresh"), join(workspace.folder, place));
    }
    expectNothingOutside(workspace, [
      ...writers,
      "predict testdata/testdata.csv -o answers.csv",
      "fullprocess --force",
    ]);
  });

  it("among the input: files and folders are left out", () => {
    const workspace = workspaceOf();
    mkdirSync(join(workspace.folder, "practicedata/more"));
    symlinkSync("../../outside.csv", join(workspace.folder, "practicedata/linked.csv"));
    symlinkSync("../../../outside.csv", join(workspace.folder, "practicedata/more/linked.csv"));
    symlinkSync("../..", join(workspace.folder, "practicedata/folder"));
    expectNothingOutside(workspace, ["ingest --force", "fullprocess --force"]);
    for (const name of workspace.names("ingesteddata", /^finaldata_/))
      expect(workspace.read(`ingesteddata/${name}`)).not.toContain(SECRET);
  });
});
