/** `mlctl verify`: compares every recorded file with its checksum. */
import { exitCodes } from "../core/errors.ts";
import { defineCommand, type Command } from "./command.ts";
import { findingsTable } from "./views/findingsTable.ts";
import { openWorkspaceOf } from "./openWorkspaceOf.ts";

export const verify = defineCommand({
  name: "verify",
  group: "Inspect",
  summary: "compare every recorded file with its checksum; exit 3 if one is changed or missing",
  details:
    "Reads every byte of the recorded datasets, models and scores, checks records, store and deployment, and names each damaged file. `mlctl doctor` and `mlctl diagnose` include this check as the finding `integrity`; doctor also checks the installation and the workspace, diagnose the deployed model and its data.",
  examples: [
    ["mlctl verify", "damaged files"],
    ["mlctl verify -v", "every file with its status"],
  ],
  async run(invocation) {
    const workspace = await openWorkspaceOf(invocation);
    const step = await import("../lifecycle/health/verify.ts");
    const result = await step.verify(workspace);
    const damaged = result.findings.filter(({ status }) => status !== "pass");
    const failed = damaged.filter(({ status }) => status === "fail").length;
    const all = `${result.findings.length} recorded files and checks`;
    const title = damaged.length === 0 ? `all ${all} are undamaged` : `${damaged.length} of ${all} have a problem`;
    const shown = invocation.global.verbose ? result.findings : damaged;
    const view = { title, tables: shown.length === 0 ? [] : [findingsTable(shown)] };
    return { result, view, exitCode: failed > 0 ? exitCodes.data : 0 };
  },
}) satisfies Command;
