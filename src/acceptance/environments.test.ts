/** Who deployed what, from which commit and why. */
import { spawnSync } from "node:child_process";
import { hostname, userInfo } from "node:os";
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
