/** `mlctl apicalls`: calls every endpoint of the HTTP API once. */
import { exitCodes } from "../core/errors.ts";
import { defineCommand, type Command } from "./command.ts";
import { sharedOptions } from "./globalOptions.ts";
import { openWorkspaceOf, writingOptions } from "./openWorkspaceOf.ts";
import { tableOf } from "./views/tableOf.ts";

export const apicalls = defineCommand({
  name: "apicalls",
  group: "Predict",
  summary: "call every endpoint of the HTTP API and save the responses",
  details:
    "Sends the rows of the test set, without the target, to a running server or to a temporary one on a free port, and writes predictions, score, summary and diagnosis to models/apireturns_<time>.txt. Exit 1 if an endpoint does not respond as expected.",
  options: {
    url: { flags: "--url <url>", description: "URL of a running server (default: start a temporary server)" },
    token: { flags: "--token <token>", description: "bearer token for --url (default: serve.token)" },
    wait: sharedOptions.wait,
  },
  examples: [
    ["mlctl apicalls", "with a temporary server"],
    ["mlctl apicalls --url http://127.0.0.1:8000", "against a running server"],
    ["mlctl apicalls --json | jq '.calls[] | select(.ok | not)'", "only the calls that failed"],
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
    if (known === undefined) await requireDeployed(workspace);
    const { temporaryServer } = await import("../server/process/temporaryServer.ts");
    const server = known === undefined ? await temporaryServer(workspace) : undefined;
    try {
      const result = await writing(workspace, writingOptions("apicalls", wait), (session) =>
        step.apiCalls(session, known ?? server!),
      );
      const { calls, failed, path, runId } = result;
      const succeeded = `${calls.length - failed} of ${calls.length} endpoints responded`;
      const table = tableOf(calls, [
        ["method", (call) => call.method],
        ["path", (call) => call.path],
        [{ header: "status", align: "right" }, (call) => call.status],
        [{ header: "seconds", align: "right" }, (call) => call.seconds.toFixed(3)],
        ["problem", (call) => call.problem ?? ""],
      ]);
      const title = `${succeeded}${runId === null ? "" : `, run ${runId}`}: ${path}`;
      return { result, view: { title, tables: [table] }, ...(failed > 0 ? { exitCode: exitCodes.failure } : {}) };
    } finally {
      await server?.stop();
    }
  },
}) satisfies Command;
