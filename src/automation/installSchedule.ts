/** Hands the jobs of config.json to another scheduler, or takes them back. */
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join, relative, resolve } from "node:path";
import { MlctlError } from "../core/errors.ts";
import { atomicWrite } from "../storage/atomicWrite.ts";
import { ensureFolder } from "../storage/commitFile.ts";
import { sha256Text } from "../storage/sha256Text.ts";
import { scheduleFolder } from "../storage/workspaceRecord.ts";
import { crontabLines, readCrontab, writeCrontab } from "./crontab.ts";
import { withBlock } from "./crontabBlock.ts";
import type { JobPlace } from "./executeJob.ts";
import { githubWorkflow } from "./githubWorkflow.ts";
import { kubernetesCronJobs } from "./kubernetesCronJobs.ts";
import type { ScheduledJob } from "./scheduledJobs.ts";
import { expect, expectNothing } from "./scheduleState.ts";
import { MARK, systemdUnits } from "./systemdUnits.ts";

export type Target = "crontab" | "systemd" | "github" | "k8s";

export interface InstallOptions extends JobPlace {
  readonly target: Target;
  /** Where the files go; undefined: where their scheduler looks for them. */
  readonly output: string | undefined;
  readonly dryRun: boolean;
  /** Replaces files that mlctl did not write. */
  readonly force: boolean;
}

export interface InstallResult {
  readonly scheduler: Target;
  readonly changed: boolean;
  readonly dryRun: boolean;
  readonly jobs: readonly string[];
  /** Written, or what would be. */
  readonly files: readonly string[];
  /** Taken away. */
  readonly removed: readonly string[];
  /** What stands in the crontab's block. */
  readonly lines: readonly string[];
  /** How to tell the scheduler. */
  readonly next: string | null;
}

/** @param jobs none: everything of this workspace is taken out */
export function installSchedule(jobs: readonly ScheduledJob[], options: InstallOptions): InstallResult {
  const { target, dryRun, workspace } = options;
  const result = target === "crontab" ? inCrontab(jobs, options) : inFiles(jobs, options);
  const isWatched = target === "crontab" || target === "systemd";
  if (!dryRun && isWatched) {
    if (jobs.length === 0) expectNothing(workspace.paths);
    else expect(workspace.paths, jobs, target, workspace.context.now());
  }
  return { ...result, scheduler: target, dryRun, jobs: jobs.map(({ name }) => name) };
}

type Change = Omit<InstallResult, "scheduler" | "dryRun" | "jobs">;

function inCrontab(jobs: readonly ScheduledJob[], options: InstallOptions): Change {
  const { configPath, workspace, dryRun } = options;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const lines = crontabLines(jobs, options, zone);
  const { text, changed } = withBlock(readCrontab(), configPath, lines);
  if (changed && !dryRun) {
    ensureFolder(scheduleFolder(workspace.paths));
    writeCrontab(text);
    requireWritten(configPath, lines);
  }
  return { changed, files: [], removed: [], lines, next: null };
}

/** Somebody else may have written the crontab in between. */
function requireWritten(configPath: string, lines: readonly string[]): void {
  if (!withBlock(readCrontab(), configPath, lines).changed) return;
  throw new MlctlError("failure", "the crontab was changed by another program at the same time", {
    hint: "run it again",
  });
}

function inFiles(jobs: readonly ScheduledJob[], options: InstallOptions): Change {
  const { folder, isOurs, next } = placeOf(options, jobs);
  const wanted = new Map(Object.entries(filesOf(jobs, options)).map(([name, text]) => [join(folder, name), text]));
  const stale = (existsSync(folder) ? readdirSync(folder) : [])
    .filter((name) => isOurs(name) && !wanted.has(join(folder, name)))
    .map((name) => join(folder, name))
    .filter((path) => readFileSync(path, "utf8").startsWith(MARK));
  const fresh = [...wanted].filter(([path, text]) => !existsSync(path) || readFileSync(path, "utf8") !== text);
  const foreign = fresh.find(([path]) => existsSync(path) && !readFileSync(path, "utf8").startsWith(MARK));
  if (foreign !== undefined && !options.force) {
    throw new MlctlError("usage", `${foreign[0]} is there already and was not written by mlctl`, {
      hint: "move it away, name another folder with --output, or replace it with --force",
    });
  }
  if (!options.dryRun) {
    for (const [path, text] of fresh) atomicWrite(path, text);
    for (const path of stale) rmSync(path);
  }
  const changed = fresh.length + stale.length > 0;
  return { changed, files: [...wanted.keys()], removed: stale, lines: [], next: jobs.length === 0 ? null : next };
}

function filesOf(jobs: readonly ScheduledJob[], options: InstallOptions): Record<string, string> {
  const { target, configPath, workspace } = options;
  const now = workspace.context.now();
  if (jobs.length === 0) return {};
  if (target === "systemd") return systemdUnits(jobs, options, unitPrefix(configPath));
  if (target === "k8s") return { "mlctl-cronjobs.yaml": kubernetesCronJobs(jobs, now) };
  const repository = repositoryOf(dirname(configPath));
  const folder = relative(repository, dirname(configPath)).replaceAll("\\", "/") || ".";
  return Object.fromEntries(
    jobs.map((job) => [`mlctl-${job.name}.yml`, githubWorkflow(job, { folder, config: basename(configPath), now })]),
  );
}

interface Place {
  readonly folder: string;
  /** Whether a file in it may be one of this workspace. */
  readonly isOurs: (name: string) => boolean;
  readonly next: string;
}

function placeOf({ target, output, configPath }: InstallOptions, jobs: readonly ScheduledJob[]): Place {
  const at = (fallback: string): string => resolve(output ?? fallback);
  const workspace = dirname(configPath);
  if (target === "systemd") {
    const home = process.env["XDG_CONFIG_HOME"] ?? join(homedir(), ".config");
    const prefix = unitPrefix(configPath);
    const timers = jobs.map(({ name }) => `${prefix}-${name}.timer`).join(" ");
    return {
      folder: at(join(home, "systemd", "user")),
      isOurs: (name) => name.startsWith(`${prefix}-`),
      next: `systemctl --user daemon-reload && systemctl --user enable --now ${timers}`,
    };
  }
  if (target === "github") {
    const folder = at(join(repositoryOf(workspace), ".github", "workflows"));
    return { folder, isOurs: (name) => /^mlctl-.+\.yml$/.test(name), next: "commit the workflows and push them" };
  }
  const folder = at(join(workspace, "k8s"));
  return {
    folder,
    isOurs: (name) => name === "mlctl-cronjobs.yaml",
    next: `kubectl apply -f ${join(relative(process.cwd(), folder), "mlctl-cronjobs.yaml")}`,
  };
}

/** The folder with `.git`, at or above `folder`; else `folder`. */
function repositoryOf(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return at;
    if (dirname(at) === at) return folder;
  }
}

/** Workspaces of the same name keep apart. */
function unitPrefix(configPath: string): string {
  const name = basename(dirname(configPath)).replace(/[^A-Za-z0-9]+/g, "-");
  return `mlctl-${name}-${sha256Text(configPath).slice(0, 6)}`;
}
