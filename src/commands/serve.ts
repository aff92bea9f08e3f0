/** `mlctl serve`: serves the deployed model over HTTP. */
import { withValues } from "../config/unsetValues.ts";
import { defineCommand, type Command, type Invocation } from "./command.ts";
import { openWorkspaceOf } from "./openWorkspaceOf.ts";
import type { ListeningFacts } from "../server/process/serveApi.ts";

export const serve = defineCommand({
  name: "serve",
  group: "Predict",
  summary: "serve predictions over HTTP; follows new deployments",
  details:
    "Uses the deployed model; a new deployment or a rollback takes effect between two requests. GET /docs is a page to try requests, GET /ui shows deployments, runs, monitoring, predictions and traffic, GET /openapi.json describes every endpoint. POST /models/v3/predict predicts with that version, whichever is deployed; POST /labels joins labels as `mlctl labels` does. With -v, each request is a line with its X-Request-Id and traceparent. Runs until Ctrl-C, SIGTERM or SIGHUP, then finishes open requests and writes the prediction log.",
  options: {
    port: {
      flags: "-p, --port <number>",
      type: "integer",
      setting: "serve.port",
      description: "port; 0 picks a free one",
    },
    host: { flags: "--host <address>", setting: "serve.host", description: "address to listen on" },
    workers: {
      flags: "--workers <number>",
      type: "integer",
      setting: "serve.workers",
      description: "number of processes that share the port",
    },
    anonymous: {
      flags: "--anonymous",
      description: "accept requests from other machines without a token (serve.anonymous)",
    },
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
        listening: (facts) => void invocation.stdout.write(startText(facts, name, { ...invocation, needsToken })),
      },
    );
    return { text: "" };
  },
}) satisfies Command;

function startText(
  facts: ListeningFacts,
  name: string,
  { global, needsToken }: Pick<Invocation, "global"> & { readonly needsToken: boolean },
): string {
  const { url, host, port } = facts;
  if (global.json) return `${JSON.stringify({ url, host, port, pid: process.pid })}\n`;
  if (global.quiet) return `${url}\n`;
  const example = facts.example === null ? "" : exampleText(url, facts.example, needsToken);
  return `${name} is served on ${url}\ntry it at ${url}/docs\nmonitor it at ${url}/ui\n${example}press Ctrl-C to stop\n`;
}

function exampleText(url: string, row: object, needsToken: boolean): string {
  const token = needsToken ? ' -H "authorization: Bearer $TOKEN"' : "";
  const body = JSON.stringify(row).replaceAll("'", String.raw`'\''`);
  return `\n  curl ${url}/predict${token} -H 'content-type: application/json' -d '${body}'\n\n`;
}
