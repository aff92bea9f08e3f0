/** `mlctl apicalls`: every address of the HTTP API, called once. */
import { exitCodes } from "../core/errors.ts";
import type { View } from "../core/view.ts";
import type { ApiCallsResult } from "../lifecycle/fullprocess/apiCalls.ts";
import { defineCommand, type Command } from "./command.ts";
import { sharedOptions } from "./globalOptions.ts";
import { openWorkspaceOf, writingOptions } from "./openWorkspaceOf.ts";

export const apicalls = defineCommand({
  name: "apicalls",
  group: "Use",
  summary: "call every address of the HTTP API and keep what it answers",
  details:
    "Sends the rows of the test data, without their target, to a running server, or to one of its own on a free port, and writes predictions, score, summary and diagnosis to models/apireturns_<time>.txt. Exit 1 where an address does not answer as it should.",
  options: {
    url: { flags: "--url <url>", description: "a running server (default: one of its own, until the calls are done)" },
    token: { flags: "--token <token>", description: "bearer token for --url (default: serve.token)" },
    wait: sharedOptions.wait,
  },
  examples: [
    ["mlctl apicalls", "with a server of its own"],
    ["mlctl apicalls --url http://127.0.0.1:8000", "a server that runs already"],
    ["mlctl apicalls --json | jq '.calls[] | select(.ok | not)'", "what did not answer"],
  ],
  async run(invocation) {
    const { url, token, wait } = invocation.options;
    const workspace = await openWorkspaceOf(invocation);
    const [{ writing }, step, { requireDeployed }] = await Promise.all([
      import("../lifecycle/session.ts"),
      import("../lifecycle/fullprocess/apiCalls.ts"),
      import("../lifecycle/loadModel.ts"),
    ]);
    const known = url === undefined ? undefined : { url, token: token ?? workspace.config.serve.token };
    if (known === undefined) requireDeployed(workspace);
    const { temporaryServer } = await import("../server/process/temporaryServer.ts");
    const server = known === undefined ? await temporaryServer(workspace) : undefined;
    try {
      const result = await writing(workspace, writingOptions("apicalls", wait), (session) =>
        step.apiCalls(session, known ?? server!),
      );
      return { result, view: apicallsView(result), ...(result.failed > 0 ? { exitCode: exitCodes.failure } : {}) };
    } finally {
      await server?.stop();
    }
  },
}) satisfies Command;

export function apicallsView({ calls, failed, path, runId }: ApiCallsResult): View {
  const answered = `${calls.length - failed} of ${calls.length} addresses answered`;
  return {
    title: `${answered}${runId === null ? "" : `, run ${runId}`}: ${path}`,
    tables: [
      {
        columns: [
          "method",
          "address",
          { header: "status", align: "right" },
          { header: "seconds", align: "right" },
          "problem",
        ],
        rows: calls.map((call) => [call.method, call.path, call.status, call.seconds.toFixed(3), call.problem ?? ""]),
      },
    ],
  };
}
