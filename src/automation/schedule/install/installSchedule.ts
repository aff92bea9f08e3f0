/** Installs the jobs of config.json in another scheduler, or removes them. */
import { existsSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { MlctlError } from "../../../core/errors.ts";
import { present } from "../../../core/text/format.ts";
import { program } from "../executeJob.ts";
import { installInCrontab, isInCrontab } from "./crontab.ts";
import { unitPrefix } from "./names.ts";
import {
  isOwnFolder,
  ownFiles,
  scheduleFilesFolder,
  writeScheduleFiles,
  type InstallOptions,
} from "./scheduleFiles.ts";
import { jobVariables, variablesNote, shellWord } from "./jobCommand.ts";
import type { ScheduledJob } from "../scheduledJobs.ts";
import { clearExpectations, expectJobs, moveExpectations } from "../jobStatus.ts";

export type InstallResult = Awaited<ReturnType<typeof installSchedule>>;

/**
 * @param jobs empty: everything of this workspace is removed
 * @returns `variables`: those that config.json names; jobs get them from their `place`, not from this shell
 */
export async function installSchedule(jobs: readonly ScheduledJob[], options: InstallOptions) {
  const { target, dryRun } = options;
  if (jobs.length > 0) requireWritable(jobs, options);
  const result =
    target === "crontab"
      ? { ...(await installInCrontab(jobs, options)), files: [] as string[] }
      : { ...writeScheduleFiles(jobs, options), lines: [] as string[] };
  if (!dryRun) await updateExpectations(jobs, options);
  const next = target === "crontab" ? null : nextStep(jobs, result, options);
  const variables = jobs.length === 0 ? [] : jobVariables(options, target);
  const note = variablesNote(variables, target) ?? null;
  const names = jobs.map(({ name }) => name);
  return { ...result, next, variables, variablesNote: note, scheduler: target, dryRun, jobs: names };
}

function requireWritable(jobs: readonly ScheduledJob[], { target, configPath, workspace: { paths } }: InstallOptions) {
  const places = {
    "the configuration file": configPath,
    "the program": program,
    output_folder_path: paths.datasets,
    output_model_path: paths.models,
    prod_deployment_path: paths.production,
  };
  for (const [name, path] of Object.entries(places)) {
    if (!/[\p{Cc}\p{Cs}\u2028\u2029\ufeff]/u.test(path)) continue;
    const message = `schedule install cannot write the path of ${name}: ${JSON.stringify(path)} has a line break or another control character`;
    throw new MlctlError("usage", message, { hint: "rename the folder" });
  }
  const odd =
    target === "systemd" || target === "k8s" ? jobs.find(({ timezone }) => /^[+-]/.test(timezone)) : undefined;
  if (odd === undefined) return;
  throw new MlctlError("usage", `schedule "${odd.name}": ${target} does not know the time zone ${odd.timezone}`, {
    hint: "use an IANA name such as Europe/Oslo or Etc/GMT-1",
  });
}

async function updateExpectations(jobs: readonly ScheduledJob[], options: InstallOptions): Promise<void> {
  const { target, configPath, workspace } = options;
  const { context } = workspace;
  if (target !== "crontab" && target !== "systemd") return;
  if (jobs.length > 0)
    return expectJobs(workspace, jobs, { by: target, now: context.now(), fromFirstRun: !isOwnFolder(options) });
  const inPlace = (): boolean => ownFiles({ ...options, target: "systemd", output: undefined }).length > 0;
  // Only copies were removed; systemd still has the units.
  if (target === "systemd" && !isOwnFolder(options) && inPlace()) return;
  const other = target === "crontab" ? "systemd" : "crontab";
  const isLeft = other === "crontab" ? isInCrontab(configPath) : inPlace();
  if (isLeft) await moveExpectations(workspace, target, other);
  // Also clears what `schedule run` was expected to do, because it has no removal of its own.
  else await clearExpectations(workspace, target === "crontab" ? ["crontab", "daemon", "systemd"] : [target]);
}

function nextStep(
  jobs: readonly ScheduledJob[],
  { files, removed }: Readonly<Record<"files" | "removed", readonly string[]>>,
  options: InstallOptions,
): string | null {
  const { target, configPath } = options;
  if (jobs.length === 0 && removed.length === 0) return null;
  if (target === "github") {
    const push = "commit and push the workflows";
    if (jobs.length === 0) return push;
    return `set the repository variables MLCTL_REPOSITORY and MLCTL_REF (each workflow explains them), then ${push}`;
  }
  if (target === "systemd") {
    const stopped = removed.map((path) => basename(path)).filter((name) => name.endsWith(".timer"));
    const timers = jobs.map(({ name }) => `${unitPrefix(configPath)}-${name}.timer`);
    const units = timers.flatMap((timer) => [timer.replace(/timer$/, "service"), timer]);
    const paths = units.map((unit) => shellWord(join(scheduleFilesFolder(options), unit)));
    return present([
      stopped.length > 0 && `systemctl --user stop ${stopped.join(" ")}`,
      units.length > 0 && !isOwnFolder(options) && `systemctl --user link ${paths.join(" ")}`,
      "systemctl --user daemon-reload",
      timers.length > 0 && `systemctl --user enable --now ${timers.join(" ")}`,
    ]).join(" && ");
  }
  const old =
    "also delete the old ones in the cluster: `kubectl get cronjobs -l app.kubernetes.io/component=schedule` lists them";
  if (jobs.length === 0) return old;
  const [file, folder] = [files[0]!, dirname(files[0]!)].map((path) => shellWord(relative(process.cwd(), path) || "."));
  const apply = existsSync(join(dirname(files[0]!), "kustomization.yaml"))
    ? `add ${basename(files[0]!)} to the resources of its kustomization.yaml, then \`kubectl apply -k ${folder}\``
    : `kubectl apply -f ${file}`;
  return `${removed.length > 0 ? `${old}; ` : ""}${apply}`;
}
