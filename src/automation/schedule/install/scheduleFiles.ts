/** Writes and removes the files for systemd, GitHub Actions and Kubernetes. The first line of each names its workspace. */
import { existsSync, readFileSync, readdirSync, rmSync } from "node:fs";
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

export interface InstallOptions extends JobPlace {
  readonly target: Target;
  readonly output: string | undefined;
  readonly dryRun: boolean;
  readonly force: boolean;
}

const MARK = "# Written by mlctl schedule install; change config.json and install again. Jobs of ";

const fileNames = {
  systemd: /^mlctl-.+\.(service|timer)$/,
  github: /^mlctl-.+\.yml$/,
  k8s: /^mlctl-.+-cronjobs\.yaml$/,
} as const;

/** Also removes files of this workspace that are no longer needed; those of other workspaces stay. */
export function writeScheduleFiles(jobs: readonly ScheduledJob[], options: InstallOptions) {
  const folder = scheduleFilesFolder(options);
  const owner = ownerOf(options);
  const wanted = new Map(
    Object.entries(filesOf(jobs, options)).map(([name, text]) => [join(folder, name), `${MARK}${owner}\n${text}`]),
  );
  const fresh = [...wanted].filter(([path, text]) => !existsSync(path) || readFileSync(path, "utf8") !== text);
  if (!options.force) for (const [path] of fresh) requireOwn(path, options);
  const pattern = fileNames[options.target as keyof typeof fileNames];
  const stale = (existsSync(folder) ? readdirSync(folder) : [])
    .filter((name) => pattern.test(name))
    .map((name) => join(folder, name))
    .filter((path) => existsSync(path) && writerOf(path) === owner && !wanted.has(path));
  if (!options.dryRun) {
    for (const [path, text] of fresh) atomicWrite(path, text);
    for (const path of stale) {
      rmSync(path);
      // Remove the link of `systemctl enable` too: systemctl refuses to disable a unit whose file is gone.
      if (path.endsWith(".timer")) rmSync(join(folder, "timers.target.wants", basename(path)), { force: true });
    }
  }
  return { files: [...wanted.keys()], removed: stale, changed: fresh.length + stale.length > 0 };
}

/** The workspace that the first line names; undefined if mlctl did not write the file. */
function writerOf(path: string): string | undefined {
  const [first = ""] = readFileSync(path, "utf8").split("\n", 1);
  return first.startsWith(MARK) ? first.slice(MARK.length) : undefined;
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

function requireOwn(path: string, options: InstallOptions): void {
  const writer = existsSync(path) ? writerOf(path) : ownerOf(options);
  if (writer === ownerOf(options)) return;
  const why =
    writer === undefined ? "already exists and was not written by mlctl" : `already contains the jobs of ${writer}`;
  const others = options.target === "k8s" ? ', set another "name" in config.json' : "";
  throw new MlctlError("usage", `${path} ${why}`, {
    hint: `move the file away${others}, give another folder with --output, or replace it with --force`,
  });
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

/** Whether the scheduler reads the folder of the files; for Kubernetes: whether it is the own one of the workspace. */
export function isOwnFolder(options: InstallOptions): boolean {
  return scheduleFilesFolder(options) === scheduleFilesFolder({ ...options, output: undefined });
}

function filesOf(jobs: readonly ScheduledJob[], options: InstallOptions): Record<string, string> {
  const { target, configPath, workspace, references } = options;
  const { limits, name } = workspace.config;
  const now = workspace.context.now();
  if (jobs.length === 0) return {};
  if (target === "systemd") return systemdUnits(jobs, options, unitPrefix(configPath));
  if (target === "k8s") {
    warnOfVolume(jobs, options);
    const place = { prefix: clusterPrefix(configPath, name), config: basename(configPath), memory: limits.memory };
    return { [`${place.prefix}-cronjobs.yaml`]: kubernetesCronJobs(jobs, now, place) };
  }
  const config = pathInRepository(configPath);
  for (const job of jobs) warnIfTooFrequent(job, options);
  const workflow = { folder: dirname(config), config: basename(config), kept: keptFolders(options), now, references };
  return Object.fromEntries(
    jobs.map((job) => [`${workflowPrefix(config)}-${job.name}.yml`, githubWorkflow(job, workflow)]),
  );
}

function warn({ workspace: { context } }: InstallOptions, message: string, hint: string): void {
  context.emit({ type: "warning", stage: "schedule", message, hint });
}

/** The jobs and the servers of deploy/kubernetes share a volume. */
function warnOfVolume(jobs: readonly ScheduledJob[], options: InstallOptions): void {
  const folder = dirname(options.configPath);
  const isOutside = (path: string): boolean =>
    !path.startsWith("/workspace/") && relative(folder, resolve(folder, path)).startsWith("..");
  for (const { name, words } of jobs)
    for (const word of words.filter((each) => isOutside(each.replace(/^--[\w-]+=/, ""))))
      warn(
        options,
        `job ${name} has the argument ${word}, which is not on the volume`,
        "name a path in the folder of config.json, or add a volume to the manifest",
      );
  for (const base of options.bases) {
    const place = relative(folder, base);
    const where = isOutside(base) ? "move it into the folder of the configuration" : "copy it there, to the same place";
    warn(options, `${basename(options.configPath)} extends ${place}, which has to be on the volume as well`, where);
  }
  if (options.workspace.paths.shared === undefined)
    warn(
      options,
      "the records are in files, and on a network volume neither their lock nor the prediction log works",
      "run `mlctl share postgres://…`, then copy config.json to the volume",
    );
}

/** @see https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows#schedule */
const GITHUB_MINUTES = 5;

function warnIfTooFrequent(job: ScheduledJob, options: InstallOptions): void {
  const minutes = shortestInterval(job);
  if (minutes >= GITHUB_MINUTES) return;
  const message = `job ${job.name} has times ${counted(minutes, "minute")} apart, but GitHub starts a workflow at most every ${GITHUB_MINUTES} minutes`;
  warn(options, message, "use a longer interval in config.json, or another scheduler");
}

function keptFolders(options: InstallOptions): string[] {
  const { paths } = options.workspace;
  const folders = [paths.datasets, paths.models, paths.production].map((path) =>
    slashed(relative(paths.workspace, path)),
  );
  return folders.filter((path) => {
    const isInside = path !== "" && !path.startsWith("..") && !isAbsolute(path);
    const message = `on GitHub, files in ${path || "."} are lost after each run: it is not a folder inside the workspace`;
    if (!isInside) warn(options, message, "set folders inside the workspace in config.json");
    return isInside;
  });
}
