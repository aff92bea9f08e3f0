/** `mlctl serve` and `apicalls`: the HTTP API, and a call of each of its endpoints. */
import { withValues } from "../config/unsetValues.ts";
import { exitCodes } from "../core/errors.ts";
import { defineCommand, sharedOptions, type Command } from "./command.ts";
import { inSession, openWorkspaceOf, writingOptions } from "./openWorkspaceOf.ts";
import { tableOf } from "./views/tableOf.ts";

export const serve = defineCommand({
  name: "serve",
  summary: "serve predictions over HTTP; follows new deployments",
  details:
    "Uses the deployed model; a new deployment or a rollback takes effect between two requests. GET /docs is a page to try requests, GET /ui shows deployments, runs, monitoring, predictions and traffic, GET /openapi.json describes every endpoint. POST /models/v3/predict predicts with that version, whichever is deployed; POST /labels joins labels as `mlctl labels` does. With -v, each request is a line with its X-Request-Id and traceparent. Runs until Ctrl-C, SIGTERM or SIGHUP, then finishes open requests and writes the prediction log.",
  options: {
    port: ["-p, --port <number>", "port; 0 picks a free one", { type: "integer", setting: "serve.port" }],
    host: ["--host <address>", "address to listen on", { setting: "serve.host" }],
    workers: [
      "--workers <number>",
      "number of processes that share the port",
      { type: "integer", setting: "serve.workers" },
    ],
    anonymous: ["--anonymous", "accept requests from other machines without a token (serve.anonymous)"],
  },
  examples: [
    ["mlctl serve", "on 127.0.0.1:8000"],
    ["mlctl serve --port 0 --json", "on a free port; prints one line with the URL once it listens"],
    ["mlctl serve --workers 4 --host 0.0.0.0", "for other machines, which send the token in serve.token"],
    [
      "curl http://127.0.0.1:8000/predict -H 'content-type: application/json' -d '{\"temp\": 288.3}'",
      "request a prediction",
    ],
  ],
  // Its requests and its log have limits of their own; ended after eight seconds, a log that was slow lost rows.
  drains: true,
  async run(invocation) {
    const directory = process.cwd();
    const workspace = await openWorkspaceOf(invocation);
    const { serve: start } = await import("../server/process/serve.ts");
    const { name, serve: settings } = workspace.config;
    const needsToken = settings.token !== null || settings.tokens.length > 0;
    const anonymous = settings.anonymous || invocation.options.anonymous;
    const config = withValues(workspace.config, { serve: withValues(settings, { anonymous }) });
    await start(
      { ...workspace, config },
      {
        directory,
        accessLog: invocation.global.verbose,
        clock: () => performance.now(),
        listening({ url, host, port, example: row }) {
          const json = `${JSON.stringify({ url, host, port, pid: process.pid })}\n`;
          const example = row === null ? "" : exampleText(url, row, needsToken);
          const text = `${name} is served on ${url}\ntry it at ${url}/docs\nmonitor it at ${url}/ui\n${example}press Ctrl-C to stop\n`;
          invocation.stdout.write(invocation.global.json ? json : invocation.global.quiet ? `${url}\n` : text);
        },
      },
    );
    return { text: "" };
  },
}) satisfies Command;

function exampleText(url: string, row: object, needsToken: boolean): string {
  const token = needsToken ? ' -H "authorization: Bearer $TOKEN"' : "";
  const body = JSON.stringify(row).replaceAll("'", String.raw`'\''`);
  return `\n  curl ${url}/predict${token} -H 'content-type: application/json' -d '${body}'\n\n`;
}

export const apicalls = defineCommand({
  name: "apicalls",
  summary: "call every endpoint of the HTTP API and save the responses",
  details:
    "Sends the rows of the test set, without the target, to a running server or to a temporary one on a free port, and writes predictions, score, summary and diagnosis to models/apireturns_<time>.txt. Exit 1 if an endpoint does not respond as expected.",
  options: {
    url: ["--url <url>", "URL of a running server (default: start a temporary server)"],
    token: ["--token <token>", "bearer token for --url (default: serve.token)"],
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
    const step = await import("../lifecycle/fullprocess/apiCalls.ts");
    const { requireDeployed } = await import("../lifecycle/loadModel.ts");
    const known = url === undefined ? undefined : { url, token: token ?? workspace.config.serve.token };
    if (known === undefined) await requireDeployed(workspace);
    const { temporaryServer } = await import("../server/process/temporaryServer.ts");
    const server = known === undefined ? await temporaryServer(workspace) : undefined;
    try {
      const result = await inSession(workspace, writingOptions("apicalls", wait), (session) =>
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
