/** The workflow that `schedule install --github` writes, its steps run one after the other as a runner does, with git. */
import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { bin, environment, temporaryFolder, workspaceIn, type LifecycleWorkspace } from "./lifecycleWorkspace.ts";

interface Step {
  readonly name?: string;
  readonly if?: string;
  readonly run?: string;
  readonly uses?: string;
}

interface Ran {
  readonly name: string;
  readonly status: number | null;
  readonly said: string;
}

/** What stands in for github.com, and a clone from which the workspace came. */
let origin: string;
let clone: LifecycleWorkspace;

const git = (folder: string, ...args: string[]): string => {
  const identity = ["-c", "user.name=me", "-c", "user.email=me@example.org"];
  const { status, stdout, stderr } = spawnSync("git", [...identity, ...args], { cwd: folder, encoding: "utf8" });
  expect(status, `git ${args.join(" ")}\n${stderr}`).toBe(0);
  return stdout;
};

const hasGit = spawnSync("git", ["--version"]).status === 0;

beforeAll(() => {
  if (!hasGit) return;
  origin = temporaryFolder();
  git(origin, "init", "--quiet", "--bare", "--initial-branch=main");
  const folder = temporaryFolder();
  git(folder, "clone", "--quiet", origin, "work");
  clone = workspaceIn(join(folder, "work", "model"));
  mkdirSync(clone.folder);
  clone.ok("init");
  clone.configure({
    schedule: [
      { name: "fullprocess", cron: "0 3 * * *" },
      { name: "check", command: "verify", cron: "0 4 * * *" },
      { name: "judge", command: "score", args: ["--fail-under", "0.99"], cron: "0 5 * * *" },
    ],
  });
  clone.ok("schedule", "install", "--github");
  git(clone.folder, "add", "--all", "..");
  git(clone.folder, "commit", "--quiet", "-m", "a workspace");
  git(clone.folder, "push", "--quiet", "origin", "HEAD:main");
});

/** A new runner, which has what the checkout of the repository gives it. */
function runner(): { folder: string; run: (job: string, names?: RegExp) => Ran[] } {
  const folder = temporaryFolder();
  git(folder, "clone", "--quiet", "--depth", "1", `file://${origin}`, "repository");
  mkdirSync(join(folder, "bin"));
  symlinkSync(bin, join(folder, "bin", "mlctl"));
  const workspace = workspaceIn(join(folder, "repository", "model"));
  const variables = environment({
    PATH: `${join(folder, "bin")}:${process.env["PATH"]}`,
    GITHUB_ACTIONS: "true",
    GITHUB_STEP_SUMMARY: join(folder, "summary.md"),
    GITHUB_WORKSPACE: join(folder, "repository"),
    RUNNER_TEMP: folder,
    DUE: "",
  });
  const run = (job: string, names = /./): Ran[] => {
    const [name] = clone.names("../.github/workflows", new RegExp(`-${job}\\.yml$`));
    const { jobs } = parse(clone.read(`../.github/workflows/${name}`)) as { jobs: { mlctl: { steps: Step[] } } };
    const ran: Ran[] = [];
    for (const step of jobs.mlctl.steps.filter(({ run: script, name: of = "" }) => isOurs(script) && names.test(of))) {
      if (ran.some(({ status }) => status !== 0) && step.if?.startsWith("always()") !== true) continue;
      const options = { cwd: workspace.folder, env: variables, encoding: "utf8" } as const;
      const { status, stdout, stderr } = spawnSync(
        "bash",
        ["--noprofile", "--norc", "-eo", "pipefail", "-c", step.run!],
        options,
      );
      ran.push({ name: step.name!, status, said: stdout + stderr });
    }
    return ran;
  };
  return { folder, run };
}

/** Where mlctl comes from is the test's own matter. */
const isOurs = (script: string | undefined): boolean =>
  script !== undefined && !/npm install|MLCTL_REPOSITORY/.test(script);

describe.skipIf(!hasGit)("a job on GitHub Actions (needs git)", () => {
  it("finds what earlier runs made, and keeps what it made, although .gitignore names it", () => {
    const first = runner();
    expect(first.run("fullprocess").map(({ status, said }) => [status, status === 0 ? "" : said])).toEqual([
      [0, ""],
      [0, ""],
      [0, ""],
    ]);
    expect(git(origin, "ls-tree", "-r", "--name-only", "mlctl-state")).toMatch(
      /model\/models\/schedule\/execution_\S+\n[^]*model\/production_deployment\/deployment.json/,
    );
    const [, second] = runner().run("fullprocess");
    expect(second!.said).toContain("nothing new");
    // The branch that people work on is as it was.
    expect(git(origin, "log", "--format=%s", "main")).toBe("a workspace\n");
  });

  it("passes annotations and the summary to the runner, and keeps the record", () => {
    const { run, folder } = runner();
    const [, judge, keep] = run("judge");
    expect([judge!.status, keep!.name, keep!.status]).toEqual([10, "save the state", 0]);
    expect(judge!.said).toMatch(/^::error title=mlctl score::.*required: at least 0.99/m);
    expect(workspaceIn(folder).read("summary.md")).toContain("### mlctl score");
    expect(git(origin, "ls-tree", "-r", "--name-only", "mlctl-state")).toMatch(/execution_\S+_judge.json/);
  });

  it("loses nothing where two of them end at the same time", () => {
    const [one, other] = [runner(), runner()];
    for (const { run } of [one, other])
      expect(run("check", /^(restore|mlctl)/).map(({ status }) => status)).toEqual([0, 0]);
    const names = (): string[] =>
      git(origin, "ls-tree", "-r", "--name-only", "mlctl-state").match(/execution_\S+_check.json/g) ?? [];
    for (const { run } of [one, other]) expect(run("check", /^save/).map(({ status }) => status)).toEqual([0]);
    expect(names()).toHaveLength(2);
  });
});
