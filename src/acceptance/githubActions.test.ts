/** On a runner of GitHub Actions: the summary of the job, annotations, and the workflow that users copy. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { parseDocument } from "yaml";
import { repository, sampleWorkspace, type Finished, type LifecycleWorkspace } from "./lifecycleWorkspace.ts";

let workspace: LifecycleWorkspace;
beforeAll(() => {
  workspace = sampleWorkspace();
  workspace.write({ "practicedata/bad.csv": 'a,b\n"x' });
});

const onRunner = (...args: string[]): Finished =>
  workspace.run(args, {
    environment: {
      GITHUB_ACTIONS: "true",
      GITHUB_STEP_SUMMARY: join(workspace.folder, "summary.md"),
      GITHUB_WORKSPACE: workspace.folder,
    },
  });

describe("on GitHub Actions", () => {
  it("fullprocess, score, monitor and runs diff write the summary of the job, and --json stays one document", () => {
    const { status, stdout, stderr } = onRunner("fullprocess", "--json");
    expect(status, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ status: "deployed" });
    expect(stderr).toContain(
      "::warning file=practicedata/bad.csv,line=2,title=mlctl fullprocess::practicedata/bad.csv was rejected, line 2",
    );
    expect(workspace.read("summary.md")).toMatch(
      /^### mlctl fullprocess\n\ndeployed \w+: f1 [\s\S]+\| step \| status \|/,
    );
    for (const line of ["score", "monitor", "runs diff latest latest", "runs list"]) onRunner(...line.split(" "));
    const headings = workspace.read("summary.md").match(/^### .*$/gm);
    expect(headings).toEqual(["### mlctl fullprocess", "### mlctl score", "### mlctl monitor", "### mlctl runs diff"]);
  });

  it("a failed gate and an error are annotations, each in one line", () => {
    const gate = onRunner("score", "--fail-under", "0.99");
    expect(gate.status).toBe(10);
    expect(gate.stderr).toMatch(
      /^::error title=mlctl score::f1 .* \(95 %25 interval .*%0Agate failed: f1 is .*; required: at least 0.99$/m,
    );
    const error = onRunner("runs", "show", "nosuchrun");
    expect(error.stderr).toMatch(/^::error title=mlctl runs show::there is no run nosuchrun%0Ahint: .*$/m);
  });

  it("nothing of it appears elsewhere", () => {
    const { stderr } = workspace.run(["score", "--fail-under", "0.99"]);
    expect(stderr).not.toContain("::");
  });

  it("a summary that cannot be written is reported and changes no exit code", () => {
    const { status, stderr } = workspace.run(["score"], {
      environment: { GITHUB_STEP_SUMMARY: "/nowhere/summary.md" },
    });
    expect([status, stderr]).toEqual([0, expect.stringContaining("warning: cannot write the job summary to /nowhere")]);
  });
});

interface Workflow {
  readonly on: object;
  readonly jobs: Readonly<
    Record<string, { readonly "runs-on": string; readonly steps: readonly { readonly run?: string }[] }>
  >;
}

describe("examples/github-actions.yml", () => {
  const document = parseDocument(readFileSync(join(repository, "examples", "github-actions.yml"), "utf8"));
  const workflow = document.toJS() as Workflow;

  it("is a workflow without a mistake that YAML knows", () => {
    expect([document.errors, document.warnings]).toEqual([[], []]);
    expect(Object.keys(workflow.on)).toEqual(["push", "pull_request", "workflow_dispatch"]);
    for (const job of Object.values(workflow.jobs)) expect(job["runs-on"]).toBe("ubuntu-latest");
  });

  it("runs commands that mlctl has, in an order that works", () => {
    const copy = workspace.copy();
    const lines = Object.values(workflow.jobs).flatMap(({ steps }) =>
      steps.flatMap(({ run }) => run?.split("\n") ?? []),
    );
    const commands = lines.flatMap((line) => /^\s*mlctl ([^>|]+)/.exec(line)?.[1]?.trim() ?? []);
    expect(commands.length).toBeGreaterThanOrEqual(4);
    copy.write({ "practicedata/bad.csv": null });
    for (const command of commands) expect(copy.run(command.split(" ")).status, command).toBe(0);
  });
});
