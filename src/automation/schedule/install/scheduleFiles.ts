/** The files that tell systemd, GitHub Actions and Kubernetes of the jobs: where they lie, and whose each one is. */
import { existsSync, readFileSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { MlctlError } from "../../../core/errors.ts";
import { userFolder } from "../../../core/userFolder.ts";
import { atomicWrite } from "../../../storage/files/atomicWrite.ts";
import { sha256Text } from "../../../storage/files/sha256.ts";
import { leastMinutes } from "../cron.ts";
import { githubWorkflow } from "./githubWorkflow.ts";
import { kubernetesCronJobs } from "./kubernetesCronJobs.ts";
import type { ScheduledJob } from "../scheduledJobs.ts";
import { systemdUnits } from "./systemdUnits.ts";
import type { JobPlace } from "../executeJob.ts";

const MARK = "# Written by mlctl schedule install; change config.json and install again.";
const OWNER = "# It manages the jobs of ";

/** A longer path is told by its end. */
const LONGEST_SLUG = 40;

export interface FileChange {
  /** Written, or what would be. */
  readonly files: readonly string[];
  readonly removed: readonly string[];
  readonly changed: boolean;
}

/**
 * Writes the files of the jobs, and takes away what this workspace had and wants no more; another workspace of the same
 * repository or folder keeps its own.
 */
export function writeScheduleFiles(jobs: readonly ScheduledJob[], options: InstallOptions): FileChange {
  const folder = scheduleFilesFolder(options);
  const owner = ownerOf(options);
  const wanted = Object.entries(filesOf(jobs, options)).map(
    ([name, text]) => [join(folder, name), `${MARK}\n${OWNER}${owner}\n${text}`] as const,
  );
  const fresh = wanted.filter(([path, text]) => !existsSync(path) || readFileSync(path, "utf8") !== text);
  if (!options.force) for (const [path] of fresh) requireOurs(path, owner);
  const stale = ownFiles(options).filter((path) => !wanted.some(([each]) => each === path));
  if (!options.dryRun) {
    for (const [path, text] of fresh) atomicWrite(path, text);
    for (const path of stale) {
      rmSync(path);
      // Where `systemctl enable` linked it; it refuses to disable a unit whose file is gone.
      if (path.endsWith(".timer")) rmSync(join(folder, "timers.target.wants", basename(path)), { force: true });
    }
  }
  return { files: wanted.map(([path]) => path), removed: stale, changed: fresh.length + stale.length > 0 };
}

/** What an earlier installation of this workspace left there. */
export function ownFiles(options: InstallOptions): string[] {
  const folder = scheduleFilesFolder(options);
  return (existsSync(folder) ? readdirSync(folder) : [])
    .filter((name) => fileNames[options.target]?.test(name))
    .map((name) => join(folder, name))
    .filter((path) => existsSync(path) && isOwn(path, options));
}

const fileNames: Readonly<Partial<Record<Target, RegExp>>> = {
  systemd: /^mlctl-.+\.(service|timer)$/,
  github: /^mlctl-.+\.yml$/,
  k8s: /^mlctl-cronjobs\.yaml$/,
};

/** A unit's name is of the folder that the workspace was in: one that was moved, and is a link there now, is told inside. */
function isOwn(path: string, options: InstallOptions): boolean {
  const { target, configPath } = options;
  const writer = writerOf(path);
  if (writer === undefined || target !== "systemd") return writer === ownerOf(options);
  if (writer === "") return basename(path).startsWith(`${unitPrefix(configPath)}-`);
  return writer === ownerOf(options) || realConfigPath(writer) === configPath;
}

/** Where the files of the target lie. */
export function scheduleFilesFolder({ target, output, configPath }: InstallOptions): string {
  const workspace = dirname(configPath);
  if (output !== undefined) return resolve(output);
  if (target === "github") return join(repositoryOf(workspace), ".github", "workflows");
  if (target === "k8s") return join(workspace, "k8s");
  const settings = userFolder("XDG_CONFIG_HOME", ".config");
  if (settings !== null) return join(settings, "systemd", "user");
  throw new MlctlError("usage", "systemd looks for units of a user in the home folder, and this user has none", {
    hint: "name a folder with -o, or set HOME",
  });
}

/** Workspaces of the same name keep apart. */
export function unitPrefix(configPath: string): string {
  return `mlctl-${slug(basename(dirname(configPath)))}-${sha256Text(configPath).slice(0, 6)}`;
}

function filesOf(jobs: readonly ScheduledJob[], options: InstallOptions): Record<string, string> {
  const { target, configPath, workspace } = options;
  const now = workspace.context.now();
  if (jobs.length === 0) return {};
  if (target === "systemd") return systemdUnits(jobs, options, unitPrefix(configPath));
  if (target === "k8s") return { "mlctl-cronjobs.yaml": kubernetesCronJobs(jobs, now) };
  const config = pathInRepository(configPath);
  const prefix = workflowPrefix(config);
  const kept = keptFolders(options);
  for (const job of jobs) warnOfOften(job, workspace);
  return Object.fromEntries(
    jobs.map((job) => [
      `${prefix}-${job.name}.yml`,
      githubWorkflow(job, { folder: dirname(config), config: basename(config), kept, now }),
    ]),
  );
}

/** @see https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows#schedule */
const GITHUB_MINUTES = 5;

function warnOfOften(job: ScheduledJob, { context }: InstallOptions["workspace"]): void {
  const least = leastMinutes(job);
  if (least >= GITHUB_MINUTES) return;
  context.emit({
    type: "warning",
    stage: "schedule",
    message: `job ${job.name} has times ${least} ${least === 1 ? "minute" : "minutes"} apart: GitHub starts a workflow every ${GITHUB_MINUTES} minutes at most`,
    hint: "leave more time between them in config.json, or hand it to another scheduler",
  });
}

/** What has to outlive a runner, relative to the workspace. */
function keptFolders({ workspace: { paths, context } }: InstallOptions): string[] {
  const folders = [paths.datasets, paths.models, paths.production].map((path) =>
    relative(paths.workspace, path).replaceAll("\\", "/"),
  );
  const outside = folders.filter((path) => path === "" || path.startsWith("..") || isAbsolute(path));
  for (const path of outside) {
    context.emit({
      type: "warning",
      stage: "schedule",
      message: `what mlctl writes to ${path || "."} is gone after each run on GitHub: it is no folder in the workspace`,
      hint: "name folders inside it in config.json",
    });
  }
  return folders.filter((path) => !outside.includes(path));
}

/** Every clone of the repository names them alike; two of its workspaces never do. */
function workflowPrefix(config: string): string {
  if (config === "config.json") return "mlctl";
  const place = dirname(config) === "." ? config : dirname(config);
  return `mlctl-${slug(place).slice(-LONGEST_SLUG)}-${sha256Text(config).slice(0, 6)}`;
}

function slug(text: string): string {
  return text.replace(/[^A-Za-z0-9]+/g, "-").replace(/^-|-$/g, "");
}

/** Units are of this machine, the rest is of the repository and the same in every clone. */
function ownerOf({ target, configPath }: InstallOptions): string {
  const path = target === "systemd" ? configPath : pathInRepository(configPath);
  return path.replace(/[\r\n]/g, "?");
}

/** Undefined: not mlctl; "": an mlctl that did not say for whom. */
function writerOf(path: string): string | undefined {
  const [first, second = ""] = readFileSync(path, "utf8").split("\n", 2);
  if (first !== MARK) return undefined;
  return second.startsWith(OWNER) ? second.slice(OWNER.length) : "";
}

function requireOurs(path: string, owner: string): void {
  const writer = existsSync(path) ? writerOf(path) : owner;
  if (writer === owner || writer === "") return;
  const why =
    writer === undefined ? "is there already and was not written by mlctl" : `holds the jobs of ${writer} already`;
  throw new MlctlError("usage", `${path} ${why}`, {
    hint: "move it away, name another folder with --output, or replace it with --force",
  });
}

function pathInRepository(configPath: string): string {
  return relative(repositoryOf(dirname(configPath)), configPath).replaceAll("\\", "/");
}

/** The folder with `.git`, at or above `folder`; else `folder`. */
function repositoryOf(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return at;
    if (dirname(at) === at) return folder;
  }
}

/** Which scheduler is told of the jobs, and how. */
export type Target = "crontab" | "systemd" | "github" | "k8s";

export interface InstallOptions extends JobPlace {
  readonly target: Target;
  /** Where the files go; undefined: where their scheduler looks for them. */
  readonly output: string | undefined;
  readonly dryRun: boolean;
  /** Replaces files that mlctl did not write. */
  readonly force: boolean;
}

/** With the links of its folder followed; as it is where that is gone. The file itself may be a link to a shared one. */
export function realConfigPath(path: string): string {
  try {
    return join(realpathSync(dirname(path)), basename(path));
  } catch {
    return path; // The workspace was moved or deleted.
  }
}
