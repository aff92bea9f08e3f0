/** `mlctl verify`: every recorded byte. */
import { defineCommand, type Command } from "./command.ts";
import { findingsTable } from "./findingsTable.ts";
import { openWorkspaceOf } from "./openWorkspaceOf.ts";

export const verify = defineCommand({
  name: "verify",
  group: "Look back",
  summary: "compare every recorded file with its hash; exit 3 if one is changed or missing",
  examples: [
    ["mlctl verify", "what is damaged"],
    ["mlctl verify -v", "every file with its verdict"],
  ],
  async run(invocation) {
    const workspace = await openWorkspaceOf(invocation);
    const step = await import("../lifecycle/health/verify.ts");
    const result = await step.verify(workspace);
    const damaged = result.findings.filter(({ status }) => status !== "pass");
    const failed = damaged.filter(({ status }) => status === "fail").length;
    const title =
      damaged.length === 0
        ? `all ${result.findings.length} recorded files and checks are sound`
        : `${damaged.length} of ${result.findings.length} need a look`;
    const shown = invocation.global.verbose ? result.findings : damaged;
    return {
      result,
      view: { title, tables: shown.length === 0 ? [] : [findingsTable(shown)] },
      exitCode: failed > 0 ? 3 : 0,
    };
  },
}) satisfies Command;
