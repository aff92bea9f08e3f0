/** Staging and production: who deployed what and why, and a model that moves from one to the other. */
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { sampleWorkspace, type LifecycleWorkspace } from "./lifecycleWorkspace.ts";

let staging: LifecycleWorkspace;
let commit: string;

function git(workspace: LifecycleWorkspace, ...args: string[]): string {
  const identity = ["-c", "user.name=ada", "-c", "user.email=ada@example.org"];
  const { status, stdout, stderr } = spawnSync("git", [...identity, ...args], {
    cwd: workspace.folder,
    encoding: "utf8",
  });
  expect(status, stderr).toBe(0);
  return stdout.trim();
}

beforeAll(() => {
  staging = sampleWorkspace();
  staging.configure({ train: { models: [{ family: "logistic_regression" }] } });
  staging.ok("fullprocess");
  git(staging, "init", "-q");
  git(staging, "add", "config.json");
  git(staging, "commit", "-q", "-m", "start");
  commit = git(staging, "rev-parse", "HEAD");
  staging.ok("train", "--seed", "7");
  staging.ok("deploy", "v2", "--force", "-m", "before the new tariff");
});

describe("who deployed what, and why", () => {
  const environment = { GITHUB_ACTOR: "" };

  it("is in the record of the deployment, also of a rollback, which has reasons of its own", () => {
    const who = { by: userInfo().username, host: hostname() };
    const [forced, first] = staging
      .json<{ deployments: object[] }>("models", "show", "v2", "--json")
      .deployments.concat(staging.json<{ deployments: object[] }>("models", "show", "v1", "--json").deployments);
    expect(forced).toMatchObject({ action: "force", ...who, commit, message: "before the new tariff" });
    expect(first).toMatchObject({ action: "deploy", ...who });
    expect(first).not.toHaveProperty("commit");
    const other = staging.copy();
    other.ok("deploy", "--rollback", "-m", "complaints");
    const { deployment } = other.json<{ deployment: object }>("at", "2100-01-01");
    expect(deployment).toMatchObject({ action: "rollback", run_id: expect.any(String), message: "complaints", ...who });
    expect(other.run(["models", "list"], { environment }).stdout).toMatch(
      /complaints[^]*before the new tariff|before the new tariff[^]*complaints/,
    );
  });

  it("is printed by at, lineage, models and runs", () => {
    const origin = `${userInfo().username} on ${hostname()}, commit ${commit.slice(0, 12)}: before the new tariff`;
    for (const line of ["at 2100-01-01", "lineage v2", "models list", "models show v2", "runs show v2"])
      expect(staging.ok(...line.split(" ")), line).toContain(origin);
  });

  it("is absent in records of earlier versions, which stay readable", () => {
    const older = staging.copy();
    const path = "production_deployment/deployment.json";
    const {
      by: _by,
      host: _host,
      commit: _commit,
      message: _message,
      ...rest
    } = JSON.parse(older.read(path)) as Record<string, unknown>;
    older.write({ [path]: JSON.stringify(rest) });
    expect(older.ok("at", "2100-01-01")).not.toContain("undefined");
    expect(older.ok("models", "list")).not.toContain("tariff");
  });
});

describe("models promote", () => {
  interface Promoted {
    readonly status: string;
    readonly run_id: string;
    readonly model_version: number;
    readonly files: readonly string[];
    readonly reasons: readonly string[];
  }

  /** A workspace of its own, with other test rows and rules. */
  function production(promotion: object): LifecycleWorkspace {
    const target = sampleWorkspace();
    target.configure({ promotion });
    return target;
  }

  it("brings model, score, record and lineage with their hashes, and the rules of the target decide", () => {
    const strict = production({ require: { f1: { min: 0.99 } } });
    const promote = ["models", "promote", "v1", "--to", strict.folder];
    const { status, stdout } = staging.run([...promote, "--json"]);
    expect(status).toBe(10);
    const kept = JSON.parse(stdout) as Promoted;
    expect([kept.status, kept.model_version, kept.files.length]).toEqual(["kept", 1, 3]);
    expect(kept.reasons.join()).toContain("required: at least 0.99");
    const deployed = staging.json<Promoted>(...promote, "--force", "-m", "trial passed");
    expect([deployed.status, deployed.model_version, deployed.files]).toEqual(["deployed", 1, []]);
    expect(strict.ok("verify", "-q")).not.toContain("fail");
    const traced = strict.json<{
      run: { tags: object; model: { sha256: string } };
      dataset: { files: { path: string }[] };
      deployments: object[];
    }>("lineage");
    const { run } = staging.json<{ run: { model: { sha256: string } } }>("runs", "show", "v1");
    expect(traced.run.model.sha256).toBe(run.model.sha256);
    expect(traced.run.tags).toMatchObject({ promoted_from: `${staging.folder} v1` });
    expect(traced.dataset.files.every(({ path }) => path.startsWith(staging.folder))).toBe(true);
    expect(traced.deployments).toMatchObject([{ action: "force", message: "trial passed" }]);
    // The rows of staging are no rows of this workspace: its own ingest begins anew.
    expect(strict.json<{ reason: string }>("ingest").reason).toContain("no earlier dataset");
    const second = staging.json<Promoted>("models", "promote", "v2", "--to", `${strict.folder}/config.json`, "--force");
    expect([second.status, second.model_version]).toEqual(["deployed", 2]);
    const missing = staging.run(["models", "promote", "v2", "--to", `${strict.folder}d`]);
    expect(missing.stderr).toContain(`there is no workspace at ${strict.folder}d\nhint: check --to`);
  });

  it("refuses a file that changed, a run without a model and the same workspace, and changes nothing", () => {
    const target = production({});
    const damaged = staging.copy();
    const model = damaged.names("models", /^trainedmodel_/)[0]!;
    damaged.write({ [`models/${model}`]: `${damaged.read(`models/${model}`)} ` });
    const said = (args: string[], workspace = staging) => {
      const { status, stderr } = workspace.run(["models", "promote", ...args]);
      return [status, stderr.split("\n")[0]];
    };
    expect(said(["v1", "--to", target.folder], damaged)).toEqual([
      3,
      `error: models/${model} has changed since it was recorded`,
    ]);
    expect(target.run(["models", "list"]).stderr).toContain("no models yet");
    expect(said(["v9", "--to", target.folder])[0]).toBe(2);
    expect(said(["v1", "--to", "."])).toEqual([2, "error: the target is the same workspace"]);
    expect(said(["v1"])).toEqual([2, "error: missing --to: the workspace that gets the model"]);
    expect(said(["v1", "--to", "nowhere"])[0]).toBe(2);
    const bare = target.copy();
    rmSync(join(bare.folder, "testdata"), { recursive: true });
    expect(said(["v1", "--to", bare.folder])).toEqual([
      4,
      expect.stringMatching(
        / v1 \(run \w+\) is in .* now, but was not deployed there: no test data: testdata does not exist$/,
      ),
    ]);
    expect(bare.ok("models", "list")).toContain("v1");
  });
});
