/** The user's crontab in the hands of several workspaces, schedulers and programs at once: no line is lost, none stays. */
import { execFile } from "node:child_process";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeEach, describe, expect, it } from "vitest";
import { fakeCrontab, type FakeCrontab } from "./fakeCrontab.ts";
import { bin, emptyWorkspace, environment, temporaryFolder } from "./lifecycleWorkspace.ts";
import { workspaceIn, type Finished, type LifecycleWorkspace } from "./lifecycleWorkspace.ts";

const own = "5 4 * * * true\n";

let table: FakeCrontab;
beforeEach(() => {
  table = fakeCrontab();
  table.write(own);
});

function workspaceWithJob(): LifecycleWorkspace {
  return emptyWorkspace({ target: "y", schedule: [{ name: "verify", cron: "0 3 * * *" }] });
}

function call(of: LifecycleWorkspace, args: string, more: Record<string, string> = {}): Finished {
  return of.run(["schedule", ...args.split(" ")], { environment: { ...table.environment, ...more } });
}

/** As it was before it was broken to the width of the terminal. */
const unwrapped = (text: string): string => text.replace(/\n\s+/g, " ");

const schedulerOf = (of: LifecycleWorkspace): string | null | undefined =>
  of.json<{ jobs: { scheduler: string | null }[] }>("schedule", "list").jobs[0]?.scheduler;

describe("a crontab that cannot be read", () => {
  it("is not taken for an empty one, also with BusyBox", () => {
    const denied = call(workspaceWithJob(), "install", {
      CRONTAB_BROKEN: "crontab: can't open 'root': Permission denied",
    });
    expect([denied.status, denied.stderr]).toEqual([1, expect.stringContaining("Permission denied")]);
    expect(table.text()).toBe(own);
    table.write("");
    const none = "crontab: can't open 'root': No such file or directory";
    // It says so again after the line was written, to the check of what stands there.
    expect(call(workspaceWithJob(), "install --dry-run", { CRONTAB_BROKEN: none }).status).toBe(0);
  });
});

describe("two installations at once", () => {
  it("both stand in the crontab", async () => {
    const both = [workspaceWithJob(), workspaceWithJob()];
    const variables = environment({ ...table.environment, CRONTAB_SLOW: "1" });
    const install = (folder: string) =>
      promisify(execFile)(process.execPath, [bin, "schedule", "install"], { cwd: folder, env: variables });
    await Promise.all(both.map(({ folder }) => install(folder)));
    for (const { folder } of both) expect(table.text()).toContain(`# >>> mlctl ${folder}/config.json >>>`);
    expect(table.text().startsWith(own)).toBe(true);
  });
});

describe("one workspace and two schedulers", () => {
  it("goes on being watched as long as one of them has its jobs", () => {
    const workspace = workspaceWithJob();
    call(workspace, "install");
    call(workspace, "install --systemd");
    expect(schedulerOf(workspace)).toBe("systemd");
    expect(call(workspace, "remove --systemd").stderr).toMatch(
      /next: `systemctl --user stop mlctl-\S+-verify.timer && systemctl --user daemon-reload/,
    );
    expect(schedulerOf(workspace)).toBe("crontab");
    call(workspace, "install --systemd");
    call(workspace, "remove");
    expect(schedulerOf(workspace)).toBe("systemd");
    call(workspace, "remove --systemd");
    expect(schedulerOf(workspace)).toBeNull();
    expect(table.text()).toBe(own);
  });

  it("systemd's links to a timer go with it", () => {
    const workspace = workspaceWithJob();
    const units = temporaryFolder();
    const said = unwrapped(call(workspace, `install --systemd -o ${units}`).stderr);
    expect(said).toContain("note: user units run only while you are logged in; `loginctl enable-linger` changes that");
    expect(said).toMatch(
      new RegExp(
        `next: .systemctl --user link ${units}/mlctl-\\S+-verify\\.service ${units}/mlctl-\\S+-verify\\.timer && systemctl --user daemon-reload && `,
      ),
    );
    const place = workspaceIn(units);
    const [timer] = place.names(".", /\.timer$/);
    place.write({ "timers.target.wants/other": "" });
    symlinkSync(join(units, timer!), join(units, "timers.target.wants", timer!));
    call(workspace, `remove --systemd -o ${units}`);
    expect([place.names("."), place.names("timers.target.wants")]).toEqual([["timers.target.wants"], ["other"]]);
  });
});

describe("a dry run", () => {
  it("says what would be written and removed, of what stays", () => {
    const workspace = workspaceWithJob();
    expect(call(workspace, "remove --dry-run").stderr).toContain(
      "no job of this workspace is installed in your crontab",
    );
    call(workspace, "install");
    const installed = table.text();
    const dry = call(workspace, "remove --dry-run");
    expect(dry.stderr).toContain("would remove the jobs of this workspace from your crontab");
    expect(dry.stdout).toMatch(/^would remove\t0 3 \* \* \* cd .*schedule now verify/m);
    expect(table.text()).toBe(installed);
    expect(call(workspace, "install --k8s --dry-run").stdout).toMatch(/^would write\t/m);
    call(workspace, "install --k8s");
    expect(call(workspace, "install --k8s").stdout).toMatch(/^unchanged\t/m);
    expect(call(workspace, "remove --k8s --dry-run").stdout).toMatch(/^would remove\t/m);
    expect(call(workspace, "remove --k8s").stdout).toMatch(/^removed\t/m);
  });
});

describe("a workspace behind a link", () => {
  it("is the same one", () => {
    const workspace = workspaceWithJob();
    const link = join(temporaryFolder(), "link");
    symlinkSync(workspace.folder, link);
    call(workspace, "install");
    const installed = table.text();
    expect(call(workspaceIn(link), `install -c ${link}/config.json`).stderr).toContain("nothing changed");
    expect(table.text()).toBe(installed);
    // Of an older version, which went by the link.
    table.write(installed.replaceAll(`mlctl ${workspace.folder}/`, `mlctl ${link}/`));
    expect(table.text()).not.toBe(installed);
    call(workspace, "install");
    expect(table.text()).toBe(installed);
    call(workspaceIn(link), `remove -c ${link}/config.json`);
    expect(table.text()).toBe(own);
  });
});
