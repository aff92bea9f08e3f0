/** Jobs handed to systemd, GitHub Actions and Kubernetes as files: whose they are, and what goes when they go. */
import { mkdirSync, renameSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
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
    expect(files).toEqual(["a", "b"].map((name) => expect.stringMatching(`^mlctl-${name}-\\w{6}-cronjobs.yaml$`)));
    const names = files.map((file) => /name: (mlctl-.*)/.exec(all.read(`deploy/${file}`))![1]);
    expect(new Set(names).size).toBe(2);
    b.ok("schedule", "remove", "--k8s", "-o", "../../deploy");
    expect(all.names("deploy")).toEqual([files[0]]);
    a.ok("schedule", "remove", "--k8s", "-o", "../../deploy");
    expect(all.names("deploy")).toEqual([]);
  });
});

describe("two projects, each with an environment of the same name", () => {
  it("do not replace the file of the other, and have other names in a cluster once they have names", () => {
    const all = emptyWorkspace();
    const schedule = [{ name: "verify", cron: "0 3 * * *" }];
    const config = JSON.stringify({ target: "y", schedule });
    all.write({ "a/prod/config.json": config, "b/prod/config.json": config });
    const [a, b] = ["a", "b"].map((name) => workspaceIn(join(all.folder, name, "prod")));
    const install = ["schedule", "install", "--k8s", "-o", "../../out"];
    a!.ok(...install);
    const refused = b!.run(install);
    expect([refused.status, refused.stderr]).toEqual([
      2,
      expect.stringMatching(/already contains the jobs of \.\.\/a\/prod\/config\.json\n.*set another "name"/),
    ]);
    b!.ok("schedule", "remove", "--k8s", "-o", "../../out");
    const [ofA] = all.names("out");
    expect(all.names("out")).toEqual([ofA]);
    b!.configure({ name: "b" });
    b!.ok(...install);
    a!.configure({ schedule: [{ name: "verify", cron: "0 4 * * *" }] });
    a!.ok(...install);
    expect(all.names("out")).toHaveLength(2);
    expect(all.read(`out/${ofA}`)).toContain("0 4 * * *");
    // In its own folder, with -o too, a workspace knows the file by its place in each clone.
    a!.ok("schedule", "install", "--k8s");
    expect(a!.ok("schedule", "install", "--k8s", "-o", "k8s", "--json")).toContain('"changed":false');
  });
});

describe("two environments with one base, outside of a repository", () => {
  it("have other names for their jobs in a cluster, and keep the file of the other", () => {
    const all = emptyWorkspace();
    const schedule = [{ name: "x".repeat(60), command: "verify", cron: "0 3 * * *" }];
    const own = JSON.stringify({ extends: "../base.json" });
    all.write({
      "base.json": JSON.stringify({ target: "y", schedule }),
      "staging/config.json": own,
      "prod/config.json": own,
    });
    const [prod, staging] = ["prod", "staging"].map((name) => workspaceIn(join(all.folder, name)));
    prod!.ok("schedule", "install", "--k8s", "-o", "../deploy");
    all.write({ "deploy/kustomization.yaml": "" });
    const { stderr } = staging!.run(["schedule", "install", "--k8s", "-o", "../deploy"]);
    expect(stderr).toContain("kubectl apply -k ../deploy");
    all.write({ "deploy/kustomization.yaml": null });
    const files = all.names("deploy");
    const names = files.map((file) => /name: (mlctl-.*)/.exec(all.read(`deploy/${file}`))![1]!);
    expect(names).toEqual(
      ["prod", "staging"].map((name) => expect.stringMatching(`^mlctl-${name}-[0-9a-f]{6}-x+-[0-9a-f]{6}$`)),
    );
    for (const name of names) expect(name.length).toBeLessThanOrEqual(52);
    prod!.ok("schedule", "remove", "--k8s", "-o", "../deploy");
    expect(all.names("deploy")).toEqual([files[1]]);
  });

  it("keep the names and the file of their jobs when their folder becomes part of a repository", () => {
    const all = emptyWorkspace();
    const schedule = [{ name: "verify", cron: "0 3 * * *" }];
    all.write({ "prod/config.json": JSON.stringify({ target: "y", schedule }) });
    const prod = workspaceIn(join(all.folder, "prod"));
    expect(prod.run(["schedule", "install", "--k8s"]).stderr).toContain(
      "each project and environment needs its own namespace",
    );
    const before = prod.names("k8s").map((name) => [name, prod.read(`k8s/${name}`)]);
    all.write({ ".git/HEAD": "ref: refs/heads/main\n" });
    expect(prod.ok("schedule", "install", "--k8s", "--json")).toContain('"changed":false');
    expect(prod.names("k8s").map((name) => [name, prod.read(`k8s/${name}`)])).toEqual(before);
  });

  it("warn of jobs that a clone has under the name of the first folder, and of paths that are not on the volume", () => {
    const all = emptyWorkspace();
    const job = { name: "nightly", command: "monitor", args: ["../inbox/", "new", "--window=file"], cron: "0 3 * * *" };
    all.write({ "first/config.json": JSON.stringify({ target: "y", schedule: [job] }) });
    const install = (name: string): string =>
      workspaceIn(join(all.folder, name)).run(["schedule", "install", "--k8s", "--trust"]).stderr;
    const first = install("first");
    expect(first.match(/has the argument .*/g)).toEqual(["has the argument ../inbox/, which is not on the volume"]);
    expect(first).not.toContain("runs each job twice");
    renameSync(join(all.folder, "first"), join(all.folder, "clone"));
    expect(install("clone")).toMatch(
      /k8s\/mlctl-first-\w+-cronjobs\.yaml has jobs of first\/config\.json: .*twice\nhint: .*rename it to first, or/,
    );
  });

  it("replace the file that an earlier version wrote, and say that its jobs are still in the cluster", () => {
    const all = emptyWorkspace({ target: "y", schedule: [{ name: "verify", cron: "0 3 * * *" }] });
    const header = "# Written by mlctl schedule install; change config.json and install again.";
    all.write({ "k8s/mlctl-cronjobs.yaml": `${header}\n# It manages the jobs of config.json\n` });
    expect(all.ok("schedule", "install", "--k8s", "--json")).toContain("also delete the old ones in the cluster");
    expect(all.names("k8s")).toEqual([expect.stringMatching(/^mlctl-\w.*-[0-9a-f]{6}-cronjobs\.yaml$/)]);
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

describe("a workspace that was moved, with a link where it was", () => {
  it("knows its units of systemd by what they say, and leaves those of others alone", () => {
    const all = emptyWorkspace();
    const schedule = [{ name: "verify", cron: "0 3 * * *" }];
    const config = JSON.stringify({ target: "y", schedule });
    all.write({ "old/config.json": config, "other/config.json": config, "units/mlctl-notes.timer": "not of mlctl\n" });
    const units = (): string[] => all.names("units");
    const at = (folder: string) => workspaceIn(join(all.folder, folder));
    const inUnits = ["--systemd", "-o", "../units"];
    const namesOf = (paths: readonly string[]): string[] => paths.map((path) => basename(path));
    at("other").ok("schedule", "install", ...inUnits);
    const others = units();
    at("old").ok("schedule", "install", ...inUnits);
    const before = units().filter((name) => !others.includes(name));
    expect(before).toHaveLength(2);

    renameSync(join(all.folder, "old"), join(all.folder, "new"));
    symlinkSync("new", join(all.folder, "old"));
    const planned = at("old").json<{ removed: string[] }>("schedule", "remove", ...inUnits, "--dry-run");
    expect(namesOf(planned.removed)).toEqual(before);
    const again = at("new").json<{ removed: string[]; files: string[] }>("schedule", "install", ...inUnits);
    expect(namesOf(again.removed)).toEqual(before);
    expect(units()).toEqual([...others, ...namesOf(again.files)].toSorted());
    at("old").ok("schedule", "remove", ...inUnits);
    expect(units()).toEqual(others);
  });
});
