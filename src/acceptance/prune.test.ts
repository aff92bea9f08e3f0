/** What prune takes and what it leaves. */
import { hostname } from "node:os";
import { beforeAll, describe, expect, it } from "vitest";
import { exampleExecution } from "../testing/exampleRecords.ts";
import { sampleWorkspace, snapshot, type LifecycleWorkspace } from "./lifecycleWorkspace.ts";

interface PruneJson {
  readonly items: readonly { kind: string; id: string; files: readonly string[]; bytes: number }[];
  readonly bytes: number;
  readonly kinds: readonly { kind: string; removed: number; kept: number }[];
}

interface RunJson {
  readonly run_id: string;
  readonly train_id: string;
}

/** Nothing is kept for its age: only what is newest or needed. */
const strict = { keep: 1, days: null };
const retention = {
  datasets: strict,
  models: strict,
  reports: strict,
  monitoring: strict,
  trials: strict,
  executions: strict,
};

let workspace: LifecycleWorkspace;
/** Run ids by what they are for. */
const runs: Record<string, string> = {};
beforeAll(() => {
  workspace = sampleWorkspace();
  const train = { models: [{ family: "baseline" }, { family: "logistic_regression" }] };
  workspace.configure({ retention, train, promotion: { beat_baseline: false } });
  const trained = (name: string, seed: number): void => {
    runs[name] = workspace.json<RunJson>("train", "--seed", String(seed)).run_id;
  };
  workspace.ok("ingest");
  for (const [i, name] of ["deployed", "redeployed", "plain", "noted", "aliased"].entries()) trained(name, i);
  for (const name of ["deployed", "redeployed"]) workspace.ok("deploy", "--force", runs[name]!);
  workspace.ok("report", runs["plain"]!);
  workspace.ok("models", "note", runs["noted"]!, "keep this");
  workspace.ok("models", "alias", "staging", runs["aliased"]!);
  // Data of another folder: the first dataset is only needed by its models, the second by nothing.
  workspace.configure({ input_folder_path: "sourcedata" });
  workspace.ok("ingest");
  workspace.ok("ingest", "--force");
  trained("newest", 9);
  workspace.ok("monitor");
}, 120_000);

/** Of the runs that kept a model. */
function runIds(of: LifecycleWorkspace): string[] {
  return of.json<{ runs: RunJson[] }>("runs", "list", "--models").runs.map(({ run_id: id }) => id);
}

describe("prune", () => {
  it("lists with --dry-run what it would delete, with sizes, and changes nothing", () => {
    const before = snapshot(workspace.folder);
    const { items, bytes } = workspace.json<PruneJson>("prune", "--dry-run");
    expect(snapshot(workspace.folder)).toEqual(before);
    const files = items.filter(({ kind }) => kind === "models").flatMap((item) => item.files);
    expect(files.filter((file) => file.includes("run_")).some((file) => file.includes(runs["plain"]!))).toBe(true);
    expect(items.filter(({ kind }) => kind === "models")).toHaveLength(1);
    expect(items.filter(({ kind }) => kind === "datasets")).toHaveLength(1);
    expect(bytes).toBe(items.reduce((sum, item) => sum + item.bytes, 0));
    expect(items.every((item) => item.bytes > 0)).toBe(true);
  });

  it("leaves what is or was deployed, has a name or a note, is newest or trained others; all of it stays sound", () => {
    const copy = workspace.copy();
    copy.ok("prune");
    const { plain: _plain, ...kept } = runs;
    expect(runIds(copy).toSorted()).toEqual(Object.values(kept).toSorted());
    copy.ok("verify");
    expect(copy.run(["doctor"]).status).toBe(0);
    copy.ok("lineage", "@staging");
    copy.ok("reproduce", "@champion");
    expect(copy.ok("deploy", "--rollback")).toBeDefined();
    expect(copy.json<PruneJson>("prune").items).toEqual([]);
    expect(copy.json<{ status: string }>("ingest").status).toBe("nothing_new");
  });

  it("counts each file once, and takes runs of jobs that were killed", () => {
    const copy = workspace.copy();
    // No process has that number: it is above what Linux gives out.
    const pids = { newest: process.pid, running: process.pid, killed: 2 ** 22 + 1 };
    for (const [i, [name, pid]] of Object.entries(pids).entries()) {
      const id = `20200101T00000000${3 - i}Z_${name}`;
      const startedAt = `2020-01-01T00:00:00.00${3 - i}Z`;
      const record = exampleExecution(1, { executionId: id, trigger: "manual", startedAt, pid, host: hostname() });
      copy.write({ [`models/schedule/execution_${id}.json`]: JSON.stringify(record, null, 2) });
    }
    const { items } = copy.json<PruneJson>("prune", "--dry-run");
    const files = items.flatMap((item) => item.files);
    expect(files.filter((file, i) => files.indexOf(file) !== i)).toEqual([]);
    expect(items.filter(({ kind }) => kind === "leftovers")).toEqual([]);
    const gone = items.filter(({ kind }) => kind === "executions").map(({ id }) => id);
    expect(gone).toEqual(["20200101T000000001Z_killed"]);
  });

  it("keeps everything young by default", () => {
    const copy = workspace.copy();
    copy.configure({ retention: {} });
    expect(copy.json<PruneJson>("prune").items).toEqual([]);
  });

  it("takes nothing away where a record cannot be read: it may name what looks unneeded", () => {
    const copy = workspace.copy();
    const run = copy.names("models", /^run_/)[0]!;
    copy.write({ [`models/${run}`]: "{" });
    const before = copy.names("models");
    const { status, stderr } = copy.run(["prune"]);
    expect([status, stderr]).toEqual([
      3,
      expect.stringContaining("error: nothing was pruned: 1 records cannot be read"),
    ]);
    expect(copy.names("models")).toEqual(before);
  });
});
