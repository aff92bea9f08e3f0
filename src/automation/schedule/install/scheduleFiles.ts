/** Writes and removes the files for systemd, GitHub Actions and Kubernetes, and tracks which workspace owns each file. */
import { existsSync, readFileSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { MlctlError } from "../../../core/errors.ts";
import { counted } from "../../../core/text/format.ts";
import { userFolder } from "../../../core/userFolder.ts";
import { atomicWrite } from "../../../storage/files/atomicWrite.ts";
import { sha256Text } from "../../../storage/files/workspacePaths.ts";
import { shortestInterval } from "../cron.ts";
import { githubWorkflow } from "./githubWorkflow.ts";
import type { Target } from "./jobCommand.ts";
import { kubernetesCronJobs } from "./kubernetesCronJobs.ts";
import type { ScheduledJob } from "../scheduledJobs.ts";
import { systemdUnits } from "./systemdUnits.ts";
import type { JobPlace } from "../executeJob.ts";

const MARK = "# Written by mlctl schedule install; change config.json and install again.";
const OWNER = "# It manages the jobs of ";

const MAX_SLUG_LENGTH = 40;

/** Also removes files of this workspace that are no longer needed; those of other workspaces stay. */
export function writeScheduleFiles(jobs: readonly ScheduledJob[], options: InstallOptions) {
  const folder = scheduleFilesFolder(options);
  const owner = ownerOf(options);
  const wanted = Object.entries(filesOf(jobs, options)).map(
    ([name, text]) => [join(folder, name), `${MARK}\n${OWNER}${owner}\n${text}`] as const,
  );
  const fresh = wanted.filter(([path, text]) => !existsSync(path) || readFileSync(path, "utf8") !== text);
  if (!options.force) for (const [path] of fresh) requireOwn(path, owner);
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
  const cluster = `${clusterPrefix(options.configPath)}-cronjobs.yaml`;
  // In the workspace's own folder, those with the names of earlier versions too.
  const isCluster = (name: string): boolean =>
    name === cluster || (options.output === undefined && /^mlctl(-.+)?-cronjobs\.yaml$/.test(name));
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
  if (target === "k8s") return writer === ownerOf(options) || writer === pathInRepository(configPath);
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

/** Unique also for workspaces with the same folder name. */
export function unitPrefix(configPath: string): string {
  return `mlctl-${slug(basename(dirname(configPath)))}-${sha256Text(configPath).slice(0, 6)}`;
}

function filesOf(jobs: readonly ScheduledJob[], options: InstallOptions): Record<string, string> {
  const { target, configPath, workspace, references } = options;
  const now = workspace.context.now();
  if (jobs.length === 0) return {};
  if (target === "systemd") return systemdUnits(jobs, options, unitPrefix(configPath));
  if (target === "k8s") {
    warnOfVolume(jobs, options);
    warnOfOthers(options);
    const { memory } = workspace.config.limits;
    const place = { prefix: clusterPrefix(configPath), config: basename(configPath), memory };
    return { [`${place.prefix}-cronjobs.yaml`]: kubernetesCronJobs(jobs, now, place) };
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

function workflowPrefix(config: string): string {
  if (config === "config.json") return "mlctl";
  const place = dirname(config) === "." ? config : dirname(config);
  return `mlctl-${slug(place).slice(-MAX_SLUG_LENGTH)}-${sha256Text(config).slice(0, 6)}`;
}

/** The same before and after `git init`, and on each machine: "prod/config.json". */
function placeInCluster(configPath: string): string {
  return `${basename(dirname(configPath))}/${basename(configPath)}`;
}

/** In lower case and short: names in a cluster have at most 52 characters. */
export function clusterPrefix(configPath: string): string {
  const place = placeInCluster(configPath);
  const short = slug(basename(place.replace(/(\/config)?\.\w+$/, "")))
    .toLowerCase()
    .slice(-12)
    .replace(/^-/, "");
  return `mlctl-${short}-${sha256Text(place).slice(0, 6)}`;
}

function slug(text: string): string {
  return text.replace(/[^A-Za-z0-9]+/g, "-").replace(/^-|-$/g, "");
}

/** An absolute path for systemd units, which belong to this machine; else one that is the same in every clone. */
function ownerOf({ target, configPath }: InstallOptions): string {
  const shared = target === "k8s" ? placeInCluster(configPath) : pathInRepository(configPath);
  const path = target === "systemd" ? configPath : shared;
  return path.replace(/[\r\n]/g, "?");
}

/** The owner in the file's header; undefined: not written by mlctl; "": written by an mlctl that recorded no owner. */
function writerOf(path: string): string | undefined {
  const [first, second = ""] = readFileSync(path, "utf8").split("\n", 2);
  if (first !== MARK) return undefined;
  return second.startsWith(OWNER) ? second.slice(OWNER.length) : "";
}

function requireOwn(path: string, owner: string): void {
  const writer = existsSync(path) ? writerOf(path) : owner;
  if (writer === owner || writer === "") return;
  const why =
    writer === undefined ? "already exists and was not written by mlctl" : `already contains the jobs of ${writer}`;
  throw new MlctlError("usage", `${path} ${why}`, {
    hint: "move the file away, give another folder with --output, or replace it with --force",
  });
}

function pathInRepository(configPath: string): string {
  return slashed(relative(repositoryOf(dirname(configPath)), configPath));
}

function slashed(path: string): string {
  return path.replaceAll(sep, "/");
}

/** The folder with `.git`, at or above `folder`; else `folder`. */
function repositoryOf(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return at;
    if (dirname(at) === at) return folder;
  }
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
