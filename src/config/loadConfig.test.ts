import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MlctlError } from "../core/errors.ts";
import { configSha256, parseRecorded } from "./configSha256.ts";
import { describeSettings } from "./describeSettings.ts";
import { loadConfig, type LoadOptions } from "./loadConfig.ts";
import { requireVariables, withValues } from "./unsetValues.ts";
import { workspaceOf } from "./workspaceOf.ts";

const known = {
  families: ["baseline", "logistic_regression", "xgboost"],
  metrics: ["f1", "rmse"],
  features: ["one_hot", "standardize"],
};

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "mlctl-config-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function load(text: string | object, options: Partial<LoadOptions> = {}) {
  writeFileSync(join(directory, "config.json"), typeof text === "string" ? text : JSON.stringify(text));
  return loadConfig({ directory, environment: {}, known, ...options });
}

async function refusal(text: string | object, options: Partial<LoadOptions> = {}): Promise<MlctlError> {
  const outcome = await load(text, options).catch((error: unknown) => error);
  if (outcome instanceof MlctlError) return outcome;
  throw new Error("it was accepted");
}

const depthProblem = () => [{ path: "train.models.0.params.depth", message: "unknown parameter" }];

const folders = {
  input_folder_path: "practicedata",
  output_folder_path: "ingesteddata",
  test_data_path: "testdata",
  output_model_path: "models",
  prod_deployment_path: "production_deployment",
};

describe("loadConfig", () => {
  it("fills in everything but the five folders and the target", async () => {
    const { config } = await load({ ...folders, target: "exited" });
    expect(config).toMatchObject({ ...folders, target: "exited", database: "mlctl.db", features: null });
    expect(config.train).toMatchObject({ metric: null, seed: 42, threshold: null, models: null });
    expect(config.ingest).toMatchObject({ dedupe: false, accumulate: true, null_values: [""] });
    expect(config.promotion.beat_baseline).toBe(true);
  });

  it("reports all errors at once, each with line, path, value found, values allowed and a suggestion", async () => {
    const error = await refusal(
      `{
  "target": "exited",
  "trian": {},
  "train": { "metric": "f2", "seed": -1, "threshold": "tun",
    "models": [{ "family": "xgbost" }] },
  "ingest": { "dedupe": true },
  "alerts": [{ "type": "web" }, { "type": "email" }],
  "monitor": { "window": "90x" },
  "serve": { "port": "eighty" }
}`,
    );
    expect(error.kind).toBe("usage");
    expect(error.message).toBe("config.json has 11 errors");
    expect(error.details).toEqual([
      'config.json:3: trian: found an unknown key, did you mean "train"?',
      'config.json:4: train.metric: found "f2", allowed "f1" or "rmse" or null; did you mean "f1"?',
      "config.json:4: train.seed: found -1, allowed at least 0",
      'config.json:4: train.threshold: found "tun", allowed a number, "tune", an object { … } or null; did you mean "tune"?',
      'config.json:5: train.models.0.family: found "xgbost", allowed "baseline", "logistic_regression", "xgboost"; did you mean "xgboost"?',
      'config.json:6: ingest.dedupe: found true, allowed "first", "last", false',
      'config.json:7: alerts.0.type: found "web", allowed "webhook", "email", "command", "pagerduty"',
      "config.json:7: alerts.1.to: missing, allowed a string: recipients, separated by commas",
      "config.json:7: alerts.1.smtp: missing, allowed a string: smtp://user:password@host:port, as ${NAME}",
      'config.json:8: monitor.window: found "90x", allowed a duration such as 90d, "500 rows", day, week, month or file or null',
      'config.json:9: serve.port: found "eighty", allowed a number',
    ]);
  });

  it("describes a missing target", async () => {
    expect((await refusal(folders)).details).toEqual([
      "config.json:1: target: missing, allowed a string: the column to predict",
    ]);
  });

  it.each([
    [
      { target: "y", output_folder_path: "models/" },
      'output_model_path: found "models", which output_folder_path already uses',
    ],
    [{ target: "y", id_columns: ["y"] }, 'id_columns: found "y", which is the target'],
    [{ target: "y", train: { split: { method: "time" } } }, 'found "time", but time_column is not set'],
    [{ target: "y", train: { split: { method: "head" } } }, "needs the number of training rows"],
    [
      { target: "y", promotion: { require: { f1: { min: 2, max: 1 } } } },
      "promotion.require.f1: found min 2 above max 1",
    ],
    [
      { target: "y", promotion: { require: { f2: { min: 2 } } } },
      'promotion.require.f2: found an unknown key, did you mean "f1"?',
    ],
    [[], "config.json: found [], allowed an object"],
    [{ target: "y", train: { models: [] } }, "train.models: found [], allowed at least 1 entry"],
    [{ target: "" }, 'target: found "", allowed a non-empty string'],
  ])("rejects %j", async (text, problem) => {
    expect((await refusal(text)).details.join("\n")).toContain(problem);
  });

  it("asks the registries once the shape is right", async () => {
    const text = { target: "y", train: { models: [{ family: "xgboost", params: { depth: 1 } }] } };
    expect((await refusal(text, { known: { ...known, problems: depthProblem } })).details).toEqual([
      "config.json:1: train.models.0.params.depth: unknown parameter",
    ]);
  });

  it("reports a missing config.json as notReady, and a missing file of -c as a usage error", async () => {
    const empty = mkdtempSync(join(directory, "empty-"));
    const call = (path?: string) => loadConfig({ directory: empty, path, environment: {} });
    await expect(call()).rejects.toMatchObject({ kind: "notReady", hint: expect.stringContaining("mlctl init") });
    await expect(call("other.json")).rejects.toMatchObject({ kind: "usage" });
  });

  it("resolves paths against the folder of the file, not the current directory", async () => {
    const paths = workspaceOf(await load({ target: "y", output_model_path: "a/b", database: "/var/x.db" }));
    expect(paths).toMatchObject({ workspace: directory, models: join(directory, "a/b"), database: "/var/x.db" });
  });
});

describe("precedence", () => {
  const text = '{\n "target": "y",\n "train": { "seed": 1 }\n}';
  const seedOf = async (options: Partial<LoadOptions>, file: string = text) =>
    describeSettings(await load(file, options)).find(({ key }) => key === "train.seed");
  const flags = [{ key: "train.seed", flag: "--seed", value: 4 }];

  it("is flags, then variables, then the file, then defaults, with the source of the value", async () => {
    const environment = { MLCTL_TRAIN_SEED: "3" };
    expect(await seedOf({ environment, flags })).toEqual({ key: "train.seed", value: 4, source: "--seed" });
    expect(await seedOf({ environment })).toEqual({ key: "train.seed", value: 3, source: "MLCTL_TRAIN_SEED" });
    expect(await seedOf({})).toEqual({ key: "train.seed", value: 1, source: "config.json:3" });
    expect(await seedOf({}, '{"target":"y"}')).toEqual({ key: "train.seed", value: 42, source: "default" });
  });

  it("reads a variable as the type of its key", async () => {
    const environment = {
      MLCTL_TARGET: "1",
      MLCTL_DROP_COLUMNS: "a, b",
      MLCTL_ID_COLUMNS: '["c,d"]',
      MLCTL_INGEST_DEDUPE: "false",
      MLCTL_TIME_COLUMN: "null",
      MLCTL_TRAIN_SPLIT: '{"method":"random"}',
    };
    const { config } = await load(text, { environment });
    expect(config).toMatchObject({ target: "1", drop_columns: ["a", "b"], id_columns: ["c,d"], time_column: null });
    expect(config.ingest.dedupe).toBe(false);
    expect(config.train.split.method).toBe("random");
  });

  it("names the variable or flag when its value is wrong", async () => {
    expect((await refusal(text, { environment: { MLCTL_TRAIN_SEED: "x" } })).details).toEqual([
      'MLCTL_TRAIN_SEED: train.seed: found "x", allowed a number',
    ]);
    const wrong = [{ key: "train.seed", flag: "--seed", value: -4 }];
    expect((await refusal(text, { flags: wrong })).details).toEqual([
      "--seed: train.seed: found -4, allowed at least 0",
    ]);
  });

  it("warns about unknown MLCTL_* variables, and about no others", async () => {
    const environment = { MLCTL_TRAIN_SED: "1", MLCTL_DEBUG: "1", MLCTL_MINE: "t", PATH: "/bin" };
    const { warnings } = await load({ target: "y", name: "${MLCTL_MINE}" }, { environment });
    expect(warnings).toEqual([
      "the variable MLCTL_TRAIN_SED is not a setting and is ignored; did you mean MLCTL_TRAIN_SEED?",
    ]);
  });
});

describe("${NAME}", () => {
  it("is resolved from the environment with the type of the key, and stays unresolved in records", async () => {
    const text = { target: "y", name: "m-${STAGE}", serve: { token: "${SECRET}", port: "${PORT}" } };
    const { config, recordable } = await load(text, {
      environment: { SECRET: "s3cret-of-16-signs", PORT: "81", STAGE: "test" },
    });
    expect(config.serve).toMatchObject({ token: "s3cret-of-16-signs", port: 81 });
    expect(config.name).toBe("m-test");
    expect(recordable["serve"]).toMatchObject({ token: "${SECRET}", port: "${PORT}" });
    expect(JSON.stringify(recordable)).not.toContain("s3cret");
  });

  it("stops only who reads a value whose variable is not set, with its place and a suggestion", async () => {
    const alerts = [{ type: "webhook", url: "${HOOK}", timeout: "${WAIT}" }];
    const serve = { token: "${TOKN}", port: "${PORT}", host: "${PORT}.${HOST}" };
    const schedule = [{ name: "monitor", cron: "${WHEN}", timezone: "${ZONE}" }];
    const text = { target: "y", drop_columns: "${DROP}", train: { seed: "${SEED}" }, alerts, serve, schedule };
    const { config, recordable, unset } = await load(text, { environment: { TOKEN: "x", PORT: "" } });
    const at = (
      key: string,
      value: string,
      name: string,
      advice = "set it before mlctl starts, or write it into mlctl.env next to config.json",
    ) => `config.json:1: ${key}: found "${value}", but the variable ${name} is not set; ${advice}`;
    const reads: [() => unknown, string][] = [
      [() => config.serve.token, at("serve.token", "${TOKN}", "TOKN", 'did you mean "${TOKEN}"?')],
      [() => config.serve.port, at("serve.port", "${PORT}", "PORT")],
      [() => config.serve.host, at("serve.host", "${PORT}.${HOST}", "HOST")],
      [() => config.alerts[0]!.timeout, at("alerts.0.timeout", "${WAIT}", "WAIT")],
      [() => config.drop_columns, at("drop_columns", "${DROP}", "DROP")],
      [() => config.train.seed, at("train.seed", "${SEED}", "SEED")],
      [() => configSha256(config), at("drop_columns", "${DROP}", "DROP")],
      [() => config.schedule, at("schedule.0.cron", "${WHEN}", "WHEN")],
      [() => requireVariables(config.alerts), at("alerts.0.url", "${HOOK}", "HOOK")],
    ];
    for (const [read, message] of reads) expect(read, message).toThrow(new MlctlError("usage", message));
    expect(unset).toHaveLength(9);
    expect(config).toMatchObject({ target: "y", database: "mlctl.db" });
    expect(config.serve.rate_limit).toBeNull();
    expect(recordable).toMatchObject({
      alerts: [{ url: "${HOOK}", retries: 3 }],
      schedule,
      train: { seed: "${SEED}" },
    });
    const open = withValues(config.serve, { token: null, port: 1, host: "::1" });
    expect(open).toMatchObject({ token: null, port: 1, workers: 1 });
  });

  it("takes variables from mlctl.env next to config.json, for references alone", async () => {
    const folder = mkdtempSync(join(tmpdir(), "mlctl-env-"));
    writeFileSync(
      join(folder, "mlctl.env"),
      "# comment\nNAME='of the file'\nexport BOTH=file\nMLCTL_TRAIN_SEED=7\nMLCTL_TRUST=1\nX=$(touch pwned)\n",
    );
    writeFileSync(
      join(folder, "config.json"),
      JSON.stringify({
        target: "y",
        name: "${NAME}",
        positive_class: "${BOTH}",
        serve: { host: "${X}" },
        alerts: [{ type: "command", command: "echo ${NAME}" }],
      }),
    );
    const read = () => loadConfig({ directory: folder, environment: { BOTH: "environment" }, flags: [], known });
    const { config, trust } = await read();
    expect([config.name, config.positive_class, config.serve.host]).toEqual([
      "of the file",
      "environment",
      "$(touch pwned)",
    ]);
    expect([config.train.seed, trust.all, existsSync(join(folder, "pwned"))]).toEqual([42, false, false]);
    // Its values are a part of what is trusted, as they may be a stranger's; those of the environment are not.
    writeFileSync(join(folder, "mlctl.env"), "NAME=other\nBOTH=other\nX=1\n");
    expect((await read()).trust.hooks[0]!.sha256).not.toBe(trust.hooks[0]!.sha256);
    rmSync(folder, { recursive: true });
  });

  it("reports further errors beside a variable that is not set", async () => {
    const alerts = [{ type: "webhook", url: "${HOOK}", retires: 1 }];
    expect((await refusal({ target: "y", alerts, train: { seed: -1 }, nme: "${NAME}" })).details).toEqual([
      "config.json:1: train.seed: found -1, allowed at least 0",
      'config.json:1: alerts.0.retires: found an unknown key, did you mean "retries"?',
      'config.json:1: nme: found an unknown key, did you mean "name"?',
    ]);
  });

  it("has a default after :-, also for an empty variable, and $${ for a literal ${", async () => {
    const serve = { port: "${PORT:-81}", token: "${TOKEN:-token-for-developers}", host: "${HOST:-}127.0.0.1" };
    const text = { target: "${T:-a:-b c}", name: "$${NAME} ${NAME}$", serve };
    const { config, recordable } = await load(text, { environment: { PORT: "", NAME: "n", HOST: "" } });
    expect(config).toMatchObject({ target: "a:-b c", name: "${NAME} n$" });
    expect(config.serve).toMatchObject({ port: 81, token: "token-for-developers", host: "127.0.0.1" });
    expect(recordable["serve"]).toMatchObject({ token: "${TOKEN:-(hidden)}" });
  });

  it.each(["${X:+y}", "a${x", "${}", "${1}", "${A B}", "${A:-${B}}", "${A-b}", "${A:=b}"])(
    "rejects %s",
    async (text) => {
      expect((await refusal({ target: "y", name: text }, { environment: { A: "", B: "", X: "" } })).details).toEqual([
        `config.json:1: name: found "${text}", allowed \${NAME} and \${NAME:-default}; a literal \${ is written $\${`,
      ]);
    },
  );

  it("records the values of settings that affect training, to reproduce them", async () => {
    const text = { target: "${T}", train: { seed: "${SEED}" }, monitor: { window: "${W}" } };
    const { config, recordable } = await load(text, { environment: { T: "y", SEED: "7", W: "30d" } });
    expect(recordable).toMatchObject({ target: "y", train: { seed: 7 }, monitor: { window: "${W}" } });
    expect(configSha256(parseRecorded(recordable)!)).toBe(configSha256(config));
  });

  it("does not print the secret when it has the wrong form", async () => {
    const error = await refusal({ target: "y", serve: { port: "${PORT}" } }, { environment: { PORT: "s3cret" } });
    expect(error.details).toEqual(['config.json:1: serve.port: found "${PORT}", allowed a number']);
  });

  it("hides secrets that are plain text in the file or in a variable", async () => {
    const alerts = [{ type: "webhook", url: "https://hooks.example/s3cret" }];
    const { recordable } = await load(
      { target: "y", alerts },
      { environment: { MLCTL_SERVE_TOKEN: "s3cret-of-16-signs" } },
    );
    expect(JSON.stringify(recordable)).not.toContain("s3cret");
    expect(recordable).toMatchObject({ serve: { token: "(hidden)" }, alerts: [{ url: "(hidden)" }] });
    const headers = { Authorization: "Bearer s3cret", "X-Key": "s3cret${KEY}" };
    const watch = { source: "https://me:s3cret@example.org/feed.csv", download: { headers } };
    const other = await load({ target: "y", watch }, { environment: { KEY: "s3cret" } });
    expect(JSON.stringify(other.recordable)).not.toContain("s3cret");
    expect(other.recordable["watch"]).toMatchObject({ download: { headers: { "X-Key": "(hidden)${KEY}" } } });
  });

  it("records an address without its credentials, and the words of a job without its secrets", async () => {
    const recorded = async (source: string) =>
      (await load({ target: "y", watch: { source } }, { environment: { P: "s3cret", U: "https://h/x" } })).recordable[
        "watch"
      ];
    expect(await recorded("https://me:s3cret@h/x.csv?sig=s3cret#f")).toMatchObject({
      source: "https://(hidden)@h/x.csv?(hidden)",
    });
    expect(await recorded("https://me:${P}@h/${P:-s3cret}.csv")).toMatchObject({
      source: "https://(hidden)@h/${P:-(hidden)}.csv",
    });
    expect(await recorded("${U:-https://me:s3cret@h}")).toMatchObject({ source: "${U:-(hidden)}" });
    expect(await recorded("s3://bucket/prefix")).toMatchObject({ source: "s3://bucket/prefix" });
    const args = ["--url", "http://u:s3cret@h/x", "--token", "s3cret", "--token=s3cret", "--fail-on", "drift"];
    const { recordable } = await load({ target: "y", schedule: [{ name: "monitor", cron: "0 0 * * *", args }] });
    const words = ["--url", "http://(hidden)@h/x", "--token", "(hidden)", "--token=(hidden)", "--fail-on", "drift"];
    expect(recordable["schedule"]).toMatchObject([{ args: words }]);
  });

  it.each(["null", "123", "true", "[]", '"x"'])("takes %s as text where a secret is expected", async (text) => {
    const environment = { TOK: text, MLCTL_WATCH_SOURCE: text };
    const { config } = await load({ target: "y", serve: { token: "${TOK}" } }, { environment });
    expect([config.serve.token, config.watch.source]).toEqual([text, text]);
  });

  it("rejects an empty secret and an empty list of secrets", async () => {
    const environment = { MLCTL_SERVE_TOKEN: "", MLCTL_SERVE_TOKENS: "", MLCTL_ALERTS: "" };
    expect((await refusal({ target: "y" }, { environment })).details).toEqual([
      expect.stringMatching(/^MLCTL_ALERTS: alerts: found ""/),
      expect.stringMatching(/^MLCTL_SERVE_TOKEN: serve.token: found ""/),
      expect.stringMatching(/^MLCTL_SERVE_TOKENS: serve.tokens: found ""/),
    ]);
  });
});

async function hash(text: object): Promise<string> {
  return configSha256((await load(text)).config);
}

describe("configSha256", () => {
  it("changes with settings that affect training and with nothing else", async () => {
    const plain = await hash({ target: "y", train: { seed: 1, metric: "f1" } });
    expect(await hash({ train: { metric: "f1", seed: 1 }, target: "y", serve: { port: 1 }, name: "n" })).toBe(plain);
    expect(await hash({ target: "y", train: { seed: 2, metric: "f1" } })).not.toBe(plain);
    expect(await hash({ target: "y", train: { seed: 1, metric: "f1" }, ingest: { where: "a > 1" } })).not.toBe(plain);
  });

  it("stays the same with new versions and settings, so that no model has to be trained again", async () => {
    const hashes = [
      await hash({ target: "y" }),
      await hash({ target: "y", train: { models: [{ family: "xgboost" }] } }),
    ];
    expect(hashes.map((each) => each.slice(0, 12))).toEqual(["47ea5622e40b", "328757616ed4"]);
    expect(await hash({ target: "y", ingest: { names: ["x", "y"] } })).not.toBe(hashes[0]);
  });
});
