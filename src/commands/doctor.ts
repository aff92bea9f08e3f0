/** `mlctl doctor`: can mlctl work here, and is what it wrote sound? */
import type { Finding } from "../core/records/drift.ts";
import { MlctlError } from "../core/errors.ts";
import type { View } from "../core/view.ts";
import type { DoctorResult } from "../lifecycle/health/doctor.ts";
import { defineCommand, type Command } from "./command.ts";
import { findingsTable } from "./findingsTable.ts";
import { openWorkspaceOf } from "./openWorkspaceOf.ts";
import type { Workspace } from "../lifecycle/workspace.ts";

export const doctor = defineCommand({
  name: "doctor",
  group: "Other",
  summary: "check engines, folders, the lock and every recorded byte; exit 1 if something failed",
  examples: [
    ["mlctl doctor", "everything"],
    ["mlctl doctor --json | jq '.findings[] | select(.status == \"fail\")'", "only what failed"],
  ],
  async run(invocation) {
    const workspace = await openWorkspaceOf(invocation);
    const step = await import("../lifecycle/health/doctor.ts");
    const found = await step.doctor(workspace);
    const result = { ...found, findings: [...found.findings, ...(await jobFindings(workspace))] };
    const failed = result.findings.some(({ status }) => status === "fail");
    return { result, view: doctorView(result), exitCode: failed ? 1 : 0 };
  },
}) satisfies Command;

/** Jobs that somebody was told to run and that did not run, or failed. */
async function jobFindings(workspace: Workspace): Promise<Finding[]> {
  const { config, paths, context } = workspace;
  if (config.schedule.length === 0) return [];
  const [{ reading }, { scheduledJobs }, { jobStatuses, scheduleFindings }] = await Promise.all([
    import("../lifecycle/session.ts"),
    import("../automation/schedule/scheduledJobs.ts"),
    import("../automation/schedule/jobStatus.ts"),
  ]);
  try {
    const jobs = scheduledJobs(config, context.now());
    const options = { paths, now: context.now(), count: 1 };
    return await reading(workspace, ({ store }) => scheduleFindings(jobStatuses(jobs, { ...options, store })));
  } catch (error) {
    // What is wrong with the store or a folder is a finding of its own already.
    if (!(error instanceof MlctlError)) throw error;
    return [{ name: "schedule", status: "fail", value: null, limit: null, message: error.message }];
  }
}

export function doctorView({ codeVersion, node, platform, findings }: DoctorResult): View {
  const count = (wanted: string): number => findings.filter(({ status }) => status === wanted).length;
  const verdict =
    count("fail") > 0 ? `${count("fail")} failed` : count("warn") > 0 ? `${count("warn")} to look at` : "all is well";
  return {
    title: `${verdict}: mlctl ${codeVersion}, Node ${node}, ${platform}`,
    tables: [findingsTable(findings)],
    ...(count("fail") > 0 ? { next: nextOf(findings) } : {}),
  };
}

function nextOf(findings: readonly Finding[]): string {
  const failed = findings.filter(({ status }) => status === "fail");
  if (failed.every(({ name }) => name.startsWith("job ")))
    return "`mlctl schedule list`, and see whether its scheduler runs";
  if (failed.some(({ name, message }) => name === "store" && message.endsWith("is damaged")))
    return "`mlctl reindex` mends the store";
  return failed.some(({ name }) => name.startsWith("artifact") || name.startsWith("record"))
    ? "restore the files that failed, or make them again"
    : "mend what failed, then run `mlctl doctor` again";
}
