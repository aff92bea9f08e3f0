/** `mlctl serve`: the deployed model as an HTTP API. */
import { defineCommand, type Command, type Invocation } from "./command.ts";
import { openWorkspaceOf } from "./openWorkspaceOf.ts";
import type { ListeningFacts } from "../server/process/serveApi.ts";

export const serve = defineCommand({
  name: "serve",
  group: "Use",
  summary: "answer over HTTP with the deployed model, whichever that is",
  details:
    "A new deployment, or a rollback, takes over between two requests. GET /docs is a page to try it, GET /ui shows deployments, runs, monitoring, predictions and traffic, GET /openapi.json describes every address. It stays until Ctrl-C or SIGTERM, finishes what it is answering, and writes the prediction log.",
  options: {
    port: { flags: "-p, --port <number>", type: "integer", setting: "serve.port", description: "0 takes a free one" },
    host: { flags: "--host <address>", setting: "serve.host", description: "address to listen on" },
    workers: {
      flags: "--workers <number>",
      type: "integer",
      setting: "serve.workers",
      description: "processes that share the port",
    },
    anonymous: {
      flags: "--anonymous",
      type: "boolean",
      description: "answer other machines without a token (serve.anonymous)",
    },
  },
  examples: [
    ["mlctl serve", "on 127.0.0.1:8000"],
    ["mlctl serve --port 0 --json", "on a free port; prints one line with the address once it listens"],
    ["mlctl serve --workers 4 --host 0.0.0.0", "for other machines, who show the token of serve.token"],
    [
      "curl http://127.0.0.1:8000/predict -H 'content-type: application/json' -d '{\"temp\": 288.3}'",
      "ask for a prediction",
    ],
  ],
  async run(invocation) {
    const directory = process.cwd();
    const workspace = await openWorkspaceOf(invocation);
    const { anonymous } = invocation.options;
    const config = anonymous ? withAnonymous(workspace.config) : workspace.config;
    const { serve: start } = await import("../server/process/serve.ts");
    await start(
      { ...workspace, config },
      {
        directory,
        accessLog: invocation.global.verbose,
        clock: () => performance.now(),
        listening: (facts) => void invocation.stdout.write(startText(facts, config.name, invocation)),
      },
    );
    return { text: "" };
  },
}) satisfies Command;

function withAnonymous<C extends { readonly serve: object }>(config: C): C {
  return { ...config, serve: { ...config.serve, anonymous: true } };
}

function startText(facts: ListeningFacts, name: string, { global }: Invocation): string {
  const { url, host, port } = facts;
  if (global.json) return `${JSON.stringify({ url, host, port, pid: process.pid })}\n`;
  if (global.quiet) return `${url}\n`;
  const example = facts.example === null ? "" : exampleText(url, facts.example);
  return `${name} is served on ${url}\ntry it on the page ${url}/docs\nwatch it on the pages ${url}/ui\n${example}Ctrl-C stops it\n`;
}

function exampleText(url: string, row: object): string {
  const body = JSON.stringify(row).replaceAll("'", String.raw`'\''`);
  return `\n  curl ${url}/predict -H 'content-type: application/json' -d '${body}'\n\n`;
}
