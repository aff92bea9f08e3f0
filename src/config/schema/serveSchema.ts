/** The section `serve` of config.json: the HTTP API. */
import { z } from "zod";

export function serveSchema() {
  return z.strictObject({
    host: z.string().min(1).default("127.0.0.1").describe("address to listen on"),
    port: z.number().int().min(0).max(65_535).default(8000).describe("port to listen on; 0 takes a free one"),
    workers: z.number().int().min(1).max(256).default(1).describe("processes that share the port"),
    response_key: z.string().min(1).nullable().default(null).describe("what the answer is called; null: prediction"),
    round: z.number().int().min(0).max(15).nullable().default(null).describe("decimals of the answer; null: all"),
    request_aliases: z
      .record(z.string(), z.string().min(1))
      .default({})
      .describe('other names that callers give to columns: { "query_date": "date" }'),
    echo: z.array(z.string().min(1)).default([]).describe("what of a request stands in its answer again, as it came"),
    validation: validationSchema().prefault({}).describe("what happens to rows unlike the training rows"),
    token: z
      .string()
      .min(1)
      .nullable()
      .default(null)
      .describe("bearer token a caller must show, as ${NAME}; it may do everything"),
    tokens: z
      .array(
        z.strictObject({
          name: z.string().min(1).describe("who holds it, for the log and the rate limit"),
          token: z.string().min(1).describe("the token itself, as ${NAME}"),
          scopes: z
            .array(z.enum(["read", "predict", "admin"]))
            .min(1)
            .describe("read: every GET; predict: every POST; admin: everything"),
        }),
      )
      .default([])
      .describe("further bearer tokens, each with what it may do"),
    anonymous: z
      .boolean()
      .default(false)
      .describe("answer callers without a token even where others than this machine can reach the port"),
    rate_limit: z
      .number()
      .int()
      .min(1)
      .nullable()
      .default(null)
      .describe(
        "requests a minute of one token, or of one address without tokens, whichever worker answers; null: any number",
      ),
    cors: z
      .array(z.string().min(1))
      .default([])
      .describe('origins whose pages may call the API from a browser, such as "https://example.org"; "*" is any'),
    log: logSchema()
      .prefault({})
      .describe("the prediction log: what was answered, for `labels`, `lineage` and `monitor`"),
    limits: limitsSchema().prefault({}).describe("what is refused, so that memory and time stay bounded"),
  });
}

function validationSchema() {
  return z.strictObject({
    missing: z
      .enum(["error", "warn"])
      .default("error")
      .describe("a column that a row lacks; warn: answered as a missing value"),
    extra: z.enum(["error", "warn", "ignore"]).default("warn").describe("a column that the model does not know"),
    unseen: z.enum(["error", "warn", "ignore"]).default("warn").describe("a category that training rows did not have"),
    range: z
      .enum(["error", "warn", "ignore"])
      .default("warn")
      .describe("a number or date outside the range of the training rows"),
    history: z
      .enum(["error", "warn", "ignore"])
      .default("error")
      .describe("models that look back: a date whose last known value is older than it ever was in training"),
  });
}

/** The file lies beside `database`; `predict --log` writes to it too. */
function logSchema() {
  return z.strictObject({
    enabled: z.boolean().default(true).describe("keep every prediction with its inputs, model, time and id"),
    flush_ms: z
      .number()
      .int()
      .min(10)
      .max(60_000)
      .default(200)
      .describe("how long an answer may wait for its row on disk: what kill -9 can take with it"),
    queue_rows: z
      .number()
      .int()
      .min(1)
      .default(100_000)
      .describe("rows that may wait for a locked or full disk; more are counted as dropped, and answered all the same"),
    retention: z
      .strictObject({
        days: z.number().gt(0).nullable().default(null).describe("older rows go; null: any age"),
        rows: cap().default(null).describe("most rows; the oldest go first; null: any number"),
        bytes: cap()
          .default(2_147_483_648)
          .describe("most bytes of the file; the oldest rows go first; null: any size"),
      })
      .prefault({})
      .describe("what is kept"),
  });
}

const cap = () => z.number().int().min(1).nullable();

const count = (fallback: number) => z.number().int().min(1).default(fallback);

function limitsSchema() {
  return z.strictObject({
    body_bytes: count(10_485_760).describe("of a JSON body; CSV and JSON lines stream and have no such limit"),
    rows: count(10_000).describe("rows of a JSON body"),
    header_bytes: count(16_384).describe("of all headers of a request together"),
    body_seconds: count(30).describe("until a JSON body has arrived, and between two pieces of a streamed one"),
    concurrent: count(1000).describe("requests being answered at once; more get 503 and Retry-After"),
    connections: count(10_000).describe("open connections; more are closed"),
  });
}
