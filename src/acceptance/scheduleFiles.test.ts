/** Jobs handed to systemd, GitHub Actions and Kubernetes as files: whose they are, and what goes when they go. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { emptyWorkspace, workspaceIn, type LifecycleWorkspace } from "./lifecycleWorkspace.ts";

/** Two workspaces in one repository, each with a job of the same name. */
function repositoryOfTwo(): {
  readonly all: LifecycleWorkspace;
  readonly a: LifecycleWorkspace;
  b: LifecycleWorkspace;
} {
  const all = emptyWorkspace();
  mkdirSync(join(all.folder, ".git"));
  const config = JSON.stringify({ target: "y", schedule: [{ name: "verify", cron: "0 3 * * *" }] });
  all.write({ "teams/a/config.json": config, "teams/b/config.json": config });
  return { all, a: workspaceIn(join(all.folder, "teams/a")), b: workspaceIn(join(all.folder, "teams/b")) };
}

describe("two workspaces of one repository", () => {
  it("each keep their own workflows when the other installs and removes", () => {
    const { all, a, b } = repositoryOfTwo();
    const workflows = (): string[] => all.names(".github/workflows");
    a.ok("schedule", "install", "--github");
    const [ofA] = workflows();
    b.ok("schedule", "install", "--github");
    expect(workflows()).toHaveLength(2);
    expect(workflows()).toContain(ofA);
    expect(all.read(`.github/workflows/${ofA}`)).toContain("working-directory: teams/a");
    b.ok("schedule", "remove", "--github");
    expect(workflows()).toEqual([ofA]);
    // A job that is renamed takes its old workflow away.
    a.configure({ schedule: [{ name: "renamed", command: "verify", cron: "0 3 * * *" }] });
    a.ok("schedule", "install", "--github");
    expect(workflows()).toEqual([ofA!.replace("verify", "renamed")]);
  });

  it("have a file each in one folder, with other names for their jobs in a cluster", () => {
    const { all, a, b } = repositoryOfTwo();
    a.ok("schedule", "install", "--k8s", "-o", "../../deploy");
    b.ok("schedule", "install", "--k8s", "-o", "../../deploy");
    const files = all.names("deploy");
    expect(files).toEqual(
      ["a", "b"].map((name) => expect.stringMatching(`^mlctl-teams-${name}-\\w{6}-cronjobs.yaml$`)),
    );
    const names = files.map((file) => /name: (mlctl-.*)/.exec(all.read(`deploy/${file}`))![1]);
    expect(new Set(names).size).toBe(2);
    b.ok("schedule", "remove", "--k8s", "-o", "../../deploy");
    expect(all.names("deploy")).toEqual([files[0]]);
    a.ok("schedule", "remove", "--k8s", "-o", "../../deploy");
    expect(all.names("deploy")).toEqual([]);
  });
});

describe("a job that runs more often than GitHub starts workflows", () => {
  it("is reported by name", () => {
    const often = { name: "often", command: "verify", cron: "*/2 * * * *" };
    const workspace = emptyWorkspace({ target: "y", schedule: [often, { name: "verify", cron: "*/5 * * * *" }] });
    const { status, stderr } = workspace.run(["schedule", "install", "--github"]);
    expect(status).toBe(0);
    // The jobs run only after the files are pushed.
    expect(stderr).toContain("2 jobs written in files for GitHub");
    expect(stderr).not.toContain("installed");
    expect(stderr).toContain(
      "warning: job often has times 2 minutes apart, but GitHub starts a workflow at most every 5 minutes\n",
    );
    expect(stderr).not.toContain("job verify has");
    expect(workspace.run(["schedule", "install", "--k8s"]).stderr).not.toContain("GitHub");
  });
});
