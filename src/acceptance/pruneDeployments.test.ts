/** What prune takes of earlier deployments, and that everything else copes with what it took. */
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import {
  emptyWorkspace,
  sampleWorkspace,
  snapshot,
  temporaryFolder,
  type LifecycleWorkspace,
} from "./lifecycleWorkspace.ts";
import { served } from "./servedWorkspace.ts";

interface PruneJson {
  readonly items: readonly { kind: string; id: string; files: readonly string[]; bytes: number }[];
  readonly kinds: readonly { kind: string; removed: number; kept: number }[];
}

const strict = { keep: 1, days: null };
const young = { keep: null, days: 1 };
const production = "production_deployment";

let workspace: LifecycleWorkspace;
/** Runs by number: each was deployed once, in that order. */
const runs: string[] = [];
beforeAll(() => {
  workspace = sampleWorkspace();
  const train = { models: [{ family: "baseline" }, { family: "logistic_regression" }] };
  const retention = { models: strict, datasets: strict, deployments: strict };
  workspace.configure({ retention, train, promotion: { beat_baseline: false } });
  workspace.ok("ingest");
  for (let n = 1; n <= 6; n++) {
    runs.push(workspace.json<{ run_id: string }>("train", "--seed", String(n)).run_id);
    workspace.ok("deploy", "--force", "latest");
  }
}, 120_000);

const numbersOf = (of: LifecycleWorkspace): number[] =>
  of.names(`${production}/releases`).map((name) => Number(name.split("_")[0]));

const idsOf = ({ items }: PruneJson, kind: string): string[] =>
  items.filter((item) => item.kind === kind).map(({ id }) => id);

const rolledBack = (of: LifecycleWorkspace): string => of.json<{ run_id: string }>("deploy", "--rollback").run_id;

function pruned(): LifecycleWorkspace {
  const copy = workspace.copy();
  copy.ok("prune");
  return copy;
}

function expectSound(of: LifecycleWorkspace): void {
  of.ok("verify");
  expect(of.run(["doctor"]).status).toBe(0);
}

describe("prune of deployments", () => {
  it("lists with --dry-run the copies of those that are neither newest nor gone back to, and changes nothing", () => {
    const before = snapshot(workspace.folder);
    const found = workspace.json<PruneJson>("prune", "--dry-run");
    expect(snapshot(workspace.folder)).toEqual(before);
    expect(idsOf(found, "deployments")).toEqual(["d3", "d2", "d1"]);
    expect(found.kinds.find(({ kind }) => kind === "deployments")).toMatchObject({ removed: 3, kept: 3 });
    const files = found.items.filter(({ kind }) => kind === "deployments").flatMap((item) => item.files);
    expect(files.filter((file) => !file.startsWith(`${production}/releases/`))).toEqual([]);
    expect(files).toContain(`${production}/releases/000001_${runs[0]}/trainedmodel.json`);
    // Their trainings are held by nothing else.
    expect(idsOf(found, "models")).toHaveLength(3);
  });

  it("takes them away, with their trainings, but no record of a deployment; all of it stays sound", () => {
    const copy = pruned();
    expect(numbersOf(copy)).toEqual([4, 5, 6]);
    expect(copy.names(`${production}/history`)).toHaveLength(5);
    expect(copy.names("models", /^trainedmodel/)).toHaveLength(3);
    expectSound(copy);
    expect(copy.json<PruneJson>("prune").items).toEqual([]);
    copy.ok("reindex");
    expectSound(copy);
    expect(copy.ok("at", "2999-01-01")).toContain(runs[5]);
    copy.ok("predict", "testdata/testdata.csv");
  });

  it("keeps two rollbacks possible, and says of the third what was pruned", () => {
    const copy = pruned();
    for (const run of [runs[4], runs[3]]) expect(rolledBack(copy)).toBe(run);
    const { status, stderr } = copy.run(["deploy", "--rollback"]);
    expect(status).toBe(4);
    expect(stderr).toContain(`the previous deployment, 3 of run ${runs[2]}, was pruned`);
    expect(stderr).toContain("mlctl models list");
    expectSound(copy);
  });

  it("goes back to the copies of a rollback where those of the deployment itself were pruned", () => {
    const copy = workspace.copy();
    // To 5, thrice: its own copies are none of the newest three any more.
    copy.ok("deploy", "--rollback");
    for (const run of [runs[5]!, runs[3]!]) {
      copy.ok("deploy", "--force", run);
      copy.ok("deploy", "--rollback");
    }
    copy.ok("prune");
    // 4 is what the next rollback goes back to, 3 that after it; 9 to 11 are newest.
    expect(numbersOf(copy)).toEqual([3, 4, 9, 10, 11]);
    copy.ok("deploy", "--force", runs[5]!);
    copy.ok("prune");
    expect(rolledBack(copy)).toBe(runs[4]);
    expectSound(copy);
  });

  it("leaves what was in production within the days, however long ago it was deployed", () => {
    const copy = workspace.copy();
    copy.configure({ retention: { deployments: young } });
    expect(copy.json<PruneJson>("prune", "--dry-run").items).toEqual([]);
    for (const n of [1, 2, 3, 4]) {
      const path = `${production}/history/deployment_00000${n}.json`;
      const deployedAt = `2020-01-0${n}T00:00:00.000Z`;
      copy.write({ [path]: JSON.stringify({ ...(JSON.parse(copy.read(path)) as object), deployedAt }, null, 2) });
    }
    // 4 left production today.
    expect(idsOf(copy.json<PruneJson>("prune"), "deployments")).toEqual(["d3", "d2", "d1"]);
    copy.configure({ retention: { deployments: { keep: null, days: null } } });
    expect(copy.json<PruneJson>("prune").items).toEqual([]);
  });

  it("says what was pruned wherever such a run is named, with a next step", () => {
    const copy = pruned();
    const [run] = runs;
    const asked = [
      ["lineage", "d1"],
      ["lineage", run!],
      ["lineage", run!.slice(0, 6)],
      ["models", "show", run!],
      ["runs", "show", run!],
      ["why", run!],
      ["why", "@champion", "--against", run!],
      ["reproduce", run!],
      ["report", run!],
      ["deploy", run!],
      ["score", "--model", run!],
      ["explain", run!],
      ["predict", "testdata/testdata.csv", "--model", run!],
    ];
    for (const args of asked) {
      const { status, stderr } = copy.run(args);
      expect(stderr, args.join(" ")).toContain(`run ${run} was pruned: only the record of deployment 1 remains`);
      expect([status, stderr.includes("mlctl at 20")], args.join(" ")).toEqual([2, true]);
    }
    const record = copy.read(`${production}/history/deployment_000001.json`);
    const { deployedAt } = JSON.parse(record) as { deployedAt: string };
    const told = copy.json<{ deployment: Record<string, unknown>; run: null }>("at", deployedAt);
    expect(told).toMatchObject({ run: null, deployment: { deployment_id: 1, run_id: run } });
    expect(told.deployment["pruned_at"]).toMatch(/^\d{4}-/);
    expect(copy.ok("at", deployedAt)).toContain("pruned at");
    for (const args of [["diagnose", "--offline"], ["report"], ["models", "list"], ["score"]]) copy.ok(...args);
  });

  it("shows in lineage which copies of a run with a note were pruned", () => {
    const copy = workspace.copy();
    copy.ok("models", "note", runs[0]!, "the first");
    copy.ok("prune");
    expect(numbersOf(copy)).toEqual([4, 5, 6]);
    expect(copy.ok("lineage", "d1")).toContain("its files were pruned at");
    copy.ok("reproduce", runs[0]!);
    copy.ok("deploy", "--force", runs[0]!);
    expectSound(copy);
  });

  it("leaves a workspace that can be backed up and restored", () => {
    const copy = pruned();
    const target = temporaryFolder();
    expect(copy.json<{ damaged: string[] }>("backup", join(target, "b.tar.gz"), "--inputs").damaged).toEqual([]);
    const restored = emptyWorkspace();
    expect(restored.json<{ damaged: string[] }>("restore", join(target, "b.tar.gz")).damaged).toEqual([]);
    expect(numbersOf(restored)).toEqual([4, 5, 6]);
    expectSound(restored);
    restored.ok("deploy", "--rollback");
  });

  it("marks one whose copies are gone already, and leaves what others put into its folder or linked there", () => {
    const copy = workspace.copy();
    const release = (n: number): string => join(copy.folder, production, "releases", `00000${n}_${runs[n - 1]}`);
    const elsewhere = temporaryFolder();
    writeFileSync(join(elsewhere, "trainedmodel.json"), "theirs");
    copy.write({
      [`${production}/releases/000001_${runs[0]}`]: null,
      [`${production}/releases/000002_${runs[1]}/notes.txt`]: "mine",
      [`${production}/releases/000003_${runs[2]}`]: null,
    });
    symlinkSync(elsewhere, release(3));
    mkdirSync(join(copy.folder, production, "releases", "own"));
    copy.ok("prune");
    expect(copy.names(`${production}/releases/000002_${runs[1]}`)).toEqual(["notes.txt"]);
    expect(copy.names(production + "/releases")).toContain("own");
    expect(snapshot(elsewhere)["/trainedmodel.json"]).toBeDefined();
    expectSound(copy);
    expect(copy.json<PruneJson>("prune").items).toEqual([]);
  });

  it("leaves the current deployment complete despite a record copied from the history", () => {
    const copy = pruned();
    const path = `${production}/deployment.json`;
    const current = JSON.parse(copy.read(path)) as object;
    copy.write({ [path]: JSON.stringify({ ...current, prunedAt: "2026-01-01T00:00:00.000Z" }, null, 2) });
    copy.ok("prune");
    expect(numbersOf(copy)).toEqual([4, 5, 6]);
    const { status, stdout } = copy.run(["verify"]);
    expect([status, stdout]).toEqual([3, expect.stringContaining('remove "prunedAt" from deployment.json')]);
    copy.write({ [path]: JSON.stringify({ ...current, prunedAt: 5 }, null, 2) });
    expect(copy.run(["prune"]).stderr).toContain("its prunedAt is missing or has the wrong type");
  });

  it("deletes nothing outside, even if a foreign record names it", () => {
    const copy = workspace.copy();
    const elsewhere = join(copy.folder, "elsewhere");
    copy.write({ "elsewhere/trainedmodel.json": "theirs", "trainedmodel.json": "theirs" });
    const names = ["/../../../elsewhere", "/../..", "/../../.."];
    for (const [i, runId] of names.entries()) {
      const path = `${production}/history/deployment_00000${i + 1}.json`;
      copy.write({ [path]: JSON.stringify({ ...(JSON.parse(copy.read(path)) as object), runId }, null, 2) });
    }
    const before = snapshot(elsewhere);
    copy.ok("prune");
    copy.ok("prune");
    expect(snapshot(elsewhere)).toEqual(before);
    expect(copy.read("trainedmodel.json")).toBe("theirs");
    expect(copy.names(production)).toContain("trainedmodel.json");
    expect(copy.names(`${production}/releases`)).toHaveLength(6);
  });

  it("deletes nothing if the folder of releases is a link that leads elsewhere, with a message", () => {
    const copy = workspace.copy();
    const elsewhere = join(temporaryFolder(), "releases");
    renameSync(join(copy.folder, production, "releases"), elsewhere);
    symlinkSync(elsewhere, join(copy.folder, production, "releases"));
    const { status, stderr } = copy.run(["prune"]);
    expect([status, stderr]).toEqual([0, expect.stringContaining("releases points outside prod_deployment_path")]);
    expect(numbersOf(copy)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(copy.names("models", /^trainedmodel/)).toHaveLength(6);
    expectSound(copy);
  });

  it("takes nothing where deployment.json is gone: what production needs is not known then", () => {
    const copy = workspace.copy();
    copy.write({ [`${production}/deployment.json`]: null });
    for (const args of [["prune", "--dry-run"], ["prune"]]) {
      const { status, stderr } = copy.run(args);
      expect([status, stderr]).toEqual([3, expect.stringContaining("nothing was pruned: deployment.json is missing")]);
    }
    expect(numbersOf(copy)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(copy.names("models", /^trainedmodel/)).toHaveLength(6);
  });

  it("lets a running server go on, and take up what comes next", async () => {
    const copy = workspace.copy();
    const server = await served(copy);
    const answers = async (): Promise<unknown> => (await server.get("/ready")).body["model_version"];
    expect(await answers()).toBe(runs[5]);
    for (const run of [runs[4], runs[3]]) {
      copy.ok("prune");
      expect(await answers()).not.toBe(run);
      expect(rolledBack(copy)).toBe(run);
      await expect.poll(answers, { timeout: 20_000 }).toBe(run);
    }
    const page = await server.get(`/ui/runs/${runs[0]}`);
    expect([page.status, page.text.includes("was pruned")]).toEqual([404, true]);
    expect((await server.get("/ui")).text).toContain("deploy, pruned");
    await server.stop();
  });
});
