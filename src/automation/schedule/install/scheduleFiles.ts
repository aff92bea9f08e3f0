/** Writes and removes the files for systemd, GitHub Actions and Kubernetes, and tracks which workspace owns each file. */
import { existsSync, readFileSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { MlctlError } from "../../../core/errors.ts";
import { counted } from "../../../core/text/format.ts";
import { userFolder } from "../../../core/userFolder.ts";
import { atomicWrite } from "../../../storage/files/atomicWrite.ts";
import { shortestInterval } from "../cron.ts";
import { githubWorkflow } from "./githubWorkflow.ts";
import type { Target } from "./jobCommand.ts";
import { kubernetesCronJobs } from "./kubernetesCronJobs.ts";
import {
  clusterPrefix,
  pathInRepository,
  placeInCluster,
  repositoryOf,
  slashed,
  unitPrefix,
  workflowPrefix,
} from "./names.ts";
import type { ScheduledJob } from "../scheduledJobs.ts";
import { systemdUnits } from "./systemdUnits.ts";
import type { JobPlace } from "../executeJob.ts";

const MARK = "# Written by mlctl schedule install; change config.json and install again.";
const OWNER = "# It manages the jobs of ";

/** Also removes files of this workspace that are no longer needed; those of other workspaces stay. */
export function writeScheduleFiles(jobs: readonly ScheduledJob[], options: InstallOptions) {
  const folder = scheduleFilesFolder(options);
  const owner = ownerOf(options);
  const wanted = Object.entries(filesOf(jobs, options)).map(
    ([name, text]) => [join(folder, name), `${MARK}\n${OWNER}${owner}\n${text}`] as const,
  );
  const fresh = wanted.filter(([path, text]) => !existsSync(path) || readFileSync(path, "utf8") !== text);
  if (!options.force) for (const [path] of fresh) requireOwn(path, options);
  const stale = ownFiles(options).filter((path) => !wanted.some(([each]) => each === path));
  if (!options.dryRun) {
    for (const [path, text] of fresh) atomicWrite(path, text);
    for (const path of stale) {
      rmSync(path);
      // Remove the link of `systemctl enable` too: systemctl refuses to disable a unit whose file is gone.
      if (path.endsWith(".timer")) rmSync(join(folder, "timers.target.wants", basename(path)), { force: true });
    }
  }
  return { files: wanted.map(([path]) => path), removed: stale, changed: fresh.length + stale.length > 0 };
}

export function ownFiles(options: InstallOptions): string[] {
  const folder = scheduleFilesFolder(options);
  const cluster = clusterFile(options);
  // In the workspace's own folder, those with the names of earlier versions too.
  const isCluster = (name: string): boolean =>
    name === cluster || (isOwnFolder(options) && /^mlctl(-.+)?-cronjobs\.yaml$/.test(name));
  return (existsSync(folder) ? readdirSync(folder) : [])
    .filter((name) => (options.target === "k8s" ? isCluster(name) : fileNames[options.target]?.test(name)))
    .map((name) => join(folder, name))
    .filter((path) => existsSync(path) && isOwn(path, options));
}

const fileNames: Readonly<Partial<Record<Target, RegExp>>> = {
  systemd: /^mlctl-.+\.(service|timer)$/,
  github: /^mlctl-.+\.yml$/,
};

/** A workspace that was moved, with a link in its old place, still owns its units: their owner resolves to its path. */
function isOwn(path: string, options: InstallOptions): boolean {
  const { target, configPath } = options;
  const writer = writerOf(path);
  // Earlier versions wrote the path in the repository for Kubernetes too.
  if (target === "k8s" && isOwnFolder(options) && writer === pathInRepository(configPath)) return true;
  if (writer === undefined || target !== "systemd") return writer === ownerOf(options);
  if (writer === "") return basename(path).startsWith(`${unitPrefix(configPath)}-`);
  return writer === ownerOf(options) || realConfigPath(writer) === configPath;
}

export function scheduleFilesFolder({ target, output, configPath }: InstallOptions): string {
  const workspace = dirname(configPath);
  if (output !== undefined) return resolve(output);
  if (target === "github") return join(repositoryOf(workspace), ".github", "workflows");
  if (target === "k8s") return join(workspace, "k8s");
  const settings = userFolder("XDG_CONFIG_HOME", ".config");
  if (settings !== null) return join(settings, "systemd", "user");
  throw new MlctlError("usage", "systemd reads user units from the home folder, and this user has none", {
    hint: "give a folder with -o, or set HOME",
  });
}

function filesOf(jobs: readonly ScheduledJob[], options: InstallOptions): Record<string, string> {
  const { target, configPath, workspace, references } = options;
  const now = workspace.context.now();
  if (jobs.length === 0) return {};
  if (target === "systemd") return systemdUnits(jobs, options, unitPrefix(configPath));
  if (target === "k8s") {
    warnOfVolume(jobs, options);
    warnOfOthers(options);
    const { limits, name } = workspace.config;
    const place = { prefix: clusterPrefix(configPath, name), config: basename(configPath), memory: limits.memory };
    return { [clusterFile(options)]: kubernetesCronJobs(jobs, now, place) };
  }
  const config = pathInRepository(configPath);
  const prefix = workflowPrefix(config);
  const kept = keptFolders(options);
  for (const job of jobs) warnIfTooFrequent(job, workspace);
  const workflow = { folder: dirname(config), config: basename(config), kept, now, references };
  return Object.fromEntries(jobs.map((job) => [`${prefix}-${job.name}.yml`, githubWorkflow(job, workflow)]));
}

/** The jobs and the servers of deploy/kubernetes share a volume. */
function warnOfVolume(jobs: readonly ScheduledJob[], options: InstallOptions): void {
  const { bases, configPath, workspace } = options;
  const { paths, context } = workspace;
  const isOutside = (word: string): boolean =>
    !word.startsWith("/workspace/") &&
    relative(dirname(configPath), resolve(dirname(configPath), word)).startsWith("..");
  for (const { name, words } of jobs)
    for (const word of words.filter((each) => isOutside(each.replace(/^--[\w-]+=/, "")))) {
      const message = `job ${name} has the argument ${word}, which is not on the volume`;
      const hint = "name a path in the folder of config.json, or add a volume to the manifest";
      context.emit({ type: "warning", stage: "schedule", message, hint });
    }
  for (const base of bases) {
    const place = relative(dirname(configPath), base);
    const isInside = !place.startsWith("..") && !isAbsolute(place);
    const message = `${basename(configPath)} extends ${place}, which has to be on the volume as well`;
    const hint = isInside ? "copy it there, to the same place" : "move it into the folder of the configuration";
    context.emit({ type: "warning", stage: "schedule", message, hint });
  }
  if (paths.shared !== undefined) return;
  const message = "the records are in files, and on a network volume neither their lock nor the prediction log works";
  const hint = "run `mlctl share postgres://…`, then copy config.json to the volume";
  context.emit({ type: "warning", stage: "schedule", message, hint });
}

/** The folder of a clone, or of a workspace that was renamed, may have the jobs under the earlier name. */
function warnOfOthers(options: InstallOptions): void {
  const { configPath, workspace, output } = options;
  const folder = scheduleFilesFolder(options);
  for (const name of output === undefined && existsSync(folder) ? readdirSync(folder) : []) {
    const path = join(folder, name);
    const writer = /^mlctl-.+-cronjobs\.yaml$/.test(name) ? writerOf(path) : undefined;
    if (writer === undefined || basename(writer) !== basename(configPath) || isOwn(path, options)) continue;
    const message = `${path} has jobs of ${writer}: with both files, Kubernetes runs each job twice`;
    const hint = `the names come from the folder: rename it to ${dirname(writer)}, or \`kubectl delete -f ${path}\` and delete the file`;
    workspace.context.emit({ type: "warning", stage: "schedule", message, hint });
  }
}

/** @see https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows#schedule */
const GITHUB_MINUTES = 5;

function warnIfTooFrequent(job: ScheduledJob, { context }: InstallOptions["workspace"]): void {
  const minutes = shortestInterval(job);
  if (minutes >= GITHUB_MINUTES) return;
  const message = `job ${job.name} has times ${counted(minutes, "minute")} apart, but GitHub starts a workflow at most every ${GITHUB_MINUTES} minutes`;
  const hint = "use a longer interval in config.json, or another scheduler";
  context.emit({ type: "warning", stage: "schedule", message, hint });
}

function keptFolders({ workspace: { paths, context } }: InstallOptions): string[] {
  const written = [paths.datasets, paths.models, paths.production];
  const folders = written.map((path) => slashed(relative(paths.workspace, path)));
  const outside = folders.filter((path) => path === "" || path.startsWith("..") || isAbsolute(path));
  for (const path of outside) {
    const message = `on GitHub, files in ${path || "."} are lost after each run: it is not a folder inside the workspace`;
    const hint = "set folders inside the workspace in config.json";
    context.emit({ type: "warning", stage: "schedule", message, hint });
  }
  return folders.filter((path) => !outside.includes(path));
}

/** An absolute path for systemd units, which belong to this machine; else one that is the same in every clone. */
function ownerOf(options: InstallOptions): string {
  const { target, configPath } = options;
  // Projects that share a folder may have folders of the same name.
  const inCluster = (): string =>
    isOwnFolder(options) ? placeInCluster(configPath) : slashed(relative(scheduleFilesFolder(options), configPath));
  const path = target === "systemd" ? configPath : target === "k8s" ? inCluster() : pathInRepository(configPath);
  return path.replace(/[\r\n]/g, "?");
}

/** Whether the scheduler reads the folder of the files; for Kubernetes: whether it is the own one of the workspace. */
export function isOwnFolder(options: InstallOptions): boolean {
  return scheduleFilesFolder(options) === scheduleFilesFolder({ ...options, output: undefined });
}

function clusterFile({ configPath, workspace }: InstallOptions): string {
  return `${clusterPrefix(configPath, workspace.config.name)}-cronjobs.yaml`;
}

/** The owner in the file's header; undefined: not written by mlctl; "": written by an mlctl that recorded no owner. */
function writerOf(path: string): string | undefined {
  const [first, second = ""] = readFileSync(path, "utf8").split("\n", 2);
  if (first !== MARK) return undefined;
  return second.startsWith(OWNER) ? second.slice(OWNER.length) : "";
}

function requireOwn(path: string, options: InstallOptions): void {
  if (!existsSync(path) || isOwn(path, options)) return;
  const writer = writerOf(path);
  if (writer === "") return;
  const why =
    writer === undefined ? "already exists and was not written by mlctl" : `already contains the jobs of ${writer}`;
  const others = options.target === "k8s" ? ', set another "name" in config.json' : "";
  throw new MlctlError("usage", `${path} ${why}`, {
    hint: `move the file away${others}, give another folder with --output, or replace it with --force`,
  });
}

export interface InstallOptions extends JobPlace {
  readonly target: Target;
  readonly output: string | undefined;
  readonly dryRun: boolean;
  readonly force: boolean;
}

/** Resolves links in the folder, but not in the file name: the file may be a link to a shared configuration. */
export function realConfigPath(path: string): string {
  try {
    return join(realpathSync(dirname(path)), basename(path));
  } catch {
    return path; // The folder does not exist: the workspace was moved or deleted.
  }
}
