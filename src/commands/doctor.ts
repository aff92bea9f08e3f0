/** `mlctl doctor`: checks that mlctl can work in this workspace and that its files are undamaged. */
import { isReadable } from "../config/unsetValues.ts";
import type { LoadedConfig } from "../config/loadConfig.ts";
import type { Finding } from "../core/records/drift.ts";
import { recover } from "../core/errors.ts";
import type { View } from "../core/view.ts";
import type { DoctorResult } from "../lifecycle/health/doctor.ts";
import { defineCommand, type Command } from "./command.ts";
import { findingsTable } from "./views/findingsTable.ts";
import { openConfig } from "./openWorkspaceOf.ts";
import type { Workspace } from "../lifecycle/workspace.ts";

export const doctor = defineCommand({
  name: "doctor",
  group: "Other",
  summary: "check libraries, folders, data, lock, scheduled jobs and recorded files; exit 1 if a check fails",
  details:
    "About the installation and the workspace; needs no model. `mlctl diagnose` checks the deployed model and its data, `mlctl verify` only the recorded files. The finding `integrity` is the result of `mlctl verify` in one line.",
  examples: [
    ["mlctl doctor", "all checks"],
    ["mlctl doctor --json | jq '.findings[] | select(.status == \"fail\")'", "only what failed"],
  ],
  async run(invocation) {
    const [loaded, step, { openWorkspace }] = await Promise.all([
      openConfig(invocation),
      import("../lifecycle/health/doctor.ts"),
      import("../lifecycle/workspace.ts"),
    ]);
    const workspace = openWorkspace(loaded, invocation.context);
    const found = await step.doctor(workspace);
    const findings = [...found.findings, ...variableFindings(loaded), ...(await jobFindings(workspace))];
    const result = { ...found, findings };
    const failed = result.findings.some(({ status }) => status === "fail");
    return { result, view: doctorView(result), exitCode: failed ? 1 : 0 };
  },
}) satisfies Command;

/** The variables that config.json names, if one is not set, and the secrets that it contains. */
function variableFindings({ unset, plainSecrets }: LoadedConfig): Finding[] {
  const warn = { status: "warn", value: null, limit: null } as const;
  return [
    ...unset.map((message) => ({ name: "variable", ...warn, message })),
    ...plainSecrets.map((message) => ({ name: "secrets", ...warn, message })),
  ];
}

/** Installed jobs that did not run at their time, or failed. */
async function jobFindings(workspace: Workspace): Promise<Finding[]> {
  const { config, context } = workspace;
  if (!isReadable(config, "schedule") || config.schedule.length === 0) return [];
  const [{ reading }, { scheduledJobs }, { jobStatuses, scheduleFindings }] = await Promise.all([
    import("../lifecycle/session.ts"),
    import("../automation/schedule/scheduledJobs.ts"),
    import("../automation/schedule/jobStatus.ts"),
  ]);
  const found = async (): Promise<Finding[]> => {
    const jobs = scheduledJobs(config, context.now());
    const options = { now: context.now(), count: 1 };
    return reading(workspace, async (session) => scheduleFindings(await jobStatuses(jobs, session, options)));
  };
  // Other findings already cover the store and the folders.
  return found().catch(
    recover(({ message }) => [{ name: "schedule", status: "fail", value: null, limit: null, message }]),
  );
}

function doctorView({ codeVersion, node, platform, findings }: DoctorResult): View {
  const count = (wanted: string): number => findings.filter(({ status }) => status === wanted).length;
  const verdict =
    count("fail") > 0 ? `${count("fail")} failed` : count("warn") > 0 ? `${count("warn")} warned` : "no problems";
  return {
    title: `${verdict}: mlctl ${codeVersion}, Node ${node}, ${platform}`,
    tables: [findingsTable(findings)],
    ...(count("fail") > 0 ? { next: nextOf(findings) } : {}),
  };
}

function nextOf(findings: readonly Finding[]): string {
  const failed = findings.filter(({ status }) => status === "fail");
  if (failed.every(({ name }) => name.startsWith("job ")))
    return "run `mlctl schedule list` and check that its scheduler is running";
  if (failed.some(({ name, message }) => name === "store" && message.endsWith("is damaged")))
    return "`mlctl reindex` rebuilds the store";
  return failed.some(({ name }) => name.startsWith("artifact") || name.startsWith("record"))
    ? "restore the damaged files, or create them again"
    : "fix what failed, then run `mlctl doctor` again";
}
