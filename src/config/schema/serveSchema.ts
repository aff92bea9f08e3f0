/** The `serve` section of config.json: the HTTP API. */
import { z } from "zod";
import { byName, choice, flag, matching, orNull, secret, section, text, texts, whole } from "./values.ts";

export function serveSchema() {
  return z.strictObject({
    host: text().default("127.0.0.1").describe("address to listen on"),
    port: whole(0).max(65_535).default(8000).describe("port to listen on; 0: any free port"),
    base_path: matching(/^(\/[\w.~-]+)*$/, "a path such as /ml, without a slash at the end")
      .default("")
      .describe(
        "path below which a reverse proxy passes requests on, such as /ml; not needed if the proxy removes it, because the pages use relative links",
      ),
    workers: whole(1).max(256).default(1).describe("number of processes that share the port"),
    response_key: orNull(text()).describe("key of the prediction in a response; null: prediction"),
    round: whole(0).max(15).nullable().default(null).describe("decimals of the prediction; null: all"),
    request_aliases: byName(text()).describe('alternative column names in requests: { "query_date": "date" }'),
    echo: texts().describe("fields of a request to copy unchanged into its response"),
    validation: validationSchema().prefault({}).describe("how to handle rows that differ from the training rows"),
    token: orNull(secret(text())).describe("bearer token required from callers, as ${NAME}; it allows everything"),
    tokens: z
      .array(
        z.strictObject({
          name: text().describe("holder of the token, for the log and the rate limit"),
          token: secret(text()).describe("the token, as ${NAME}"),
          scopes: z
            .array(z.enum(["read", "predict", "admin"]))
            .min(1)
            .describe("read: every GET; predict: every POST, GET /model and GET /openapi.json; admin: everything"),
        }),
      )
      .default([])
      .describe("further bearer tokens, each with its scopes"),
    anonymous: flag(false).describe("accept requests without a token even if other machines can reach the port"),
    hosts: z
      .array(
        text().regex(
          /^(\*|[^\s:/*]+|\[[\da-f:]+\])$/i,
          'a host name without scheme, port and wildcards, such as "ml.example.org"',
        ),
      )
      .default([])
      .describe(
        'names under which callers reach a server without tokens, besides serve.host, localhost and IP addresses of this machine, such as "mlctl" of a container; "*": any',
      ),
    rate_limit: orNull(whole(1)).describe(
      "maximum number of requests per minute and token (per address if there are no tokens), over all workers; null: no limit",
    ),
    cors: texts().describe(
      'origins whose pages may call the API from a browser, such as "https://example.org"; "*": any',
    ),
    log: logSchema().prefault({}).describe("the prediction log, used by `labels`, `lineage` and `monitor`"),
    limits: limitsSchema().prefault({}).describe("limits on requests, to bound memory and time"),
  });
}

function validationSchema() {
  return z.strictObject({
    missing: choice(["error", "warn"], "error").describe("a missing column; warn: predict with a missing value"),
    extra: choice(["error", "warn", "ignore"], "warn").describe("a column that the model does not use"),
    unseen: choice(["error", "warn", "ignore"], "warn").describe(
      "a category not seen in training; error or warn: a missing value where training had none is a warning",
    ),
    range: choice(["error", "warn", "ignore"], "warn").describe(
      "a number outside the training range, or a date before it or ten years after it",
    ),
    history: choice(["error", "warn", "ignore"], "warn").describe(
      "models with lag or rolling features: a date whose last known value is older than in any training row; warn or ignore: rows look back on the predictions for the rows before them",
    ),
  });
}

/** The log file is next to `database`; `predict --log` writes to it too. */
function logSchema() {
  return z.strictObject({
    enabled: flag(true).describe("log every prediction with its inputs, model, time and id"),
    flush_ms: whole(10)
      .max(60_000)
      .default(200)
      .describe(
        "maximum time in milliseconds until a prediction is on disk; kill -9 can lose the predictions of this time",
      ),
    queue_rows: whole(1)
      .default(100_000)
      .describe(
        "maximum number of rows to queue while the disk is locked or full; further rows are predicted but not logged, and counted as dropped",
      ),
    retention: section("how much of the log to keep", {
      days: orNull(z.number().gt(0)).describe("delete older rows; null: no limit"),
      rows: cap().default(null).describe("maximum number of rows; the oldest are deleted first; null: no limit"),
      bytes: cap()
        .default(2_147_483_648)
        .describe("maximum size of the file in bytes; the oldest rows are deleted first; null: no limit"),
    }),
  });
}

const cap = () => whole(1).nullable();

const count = (fallback: number) => whole(1).default(fallback);

function limitsSchema() {
  return z.strictObject({
    body_bytes: count(10_485_760).describe(
      "maximum size of a JSON body; CSV and JSON lines are streamed without a limit",
    ),
    rows: count(10_000).describe("maximum number of rows in a JSON body"),
    header_bytes: count(16_384).describe("maximum size of all headers of a request"),
    body_seconds: count(30).describe(
      "timeout for receiving a JSON body, between two chunks of a streamed body, and for a client that sends more than 64 MB before it reads; ten times that for other clients that do not read their response",
    ),
    select_seconds: count(10).describe(
      "maximum time of ingest.select for the rows of a request, or a part of a stream",
    ),
    drain_seconds: whole(0)
      .max(86_400)
      .default(25)
      .describe(
        "maximum time after SIGTERM for open requests, such as streams, to end before they are cut; give the server 5 s more until it is killed",
      ),
    stream_bytes_per_second: whole(0)
      .default(1024)
      .describe(
        "minimum rate of a streamed body after body_seconds, without the time in which the server is busy; slower ones get 408; 0: none",
      ),
    bodies_per_caller: count(250).describe(
      "maximum number of bodies that a caller (token; address if there is none) may be sending at once; further ones get 429",
    ),
    bodies_per_address: count(500).describe(
      "the same for one IP address with all its tokens, for example that of a proxy",
    ),
    cell_bytes: count(65_536).describe("maximum size of one value of a row"),
    wrong_tokens: count(10).describe("maximum number of wrong tokens per minute and address; further ones get 429"),
    concurrent: count(1000).describe("maximum number of concurrent requests; further ones get 503 and Retry-After"),
    connections: count(10_000).describe("maximum number of open connections; further ones are closed"),
  });
}
