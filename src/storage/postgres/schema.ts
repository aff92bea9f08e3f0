/** The tables and the views for Grafana and BI, and the steps from each earlier version. */
import { MlctlError } from "../../core/errors.ts";
import type { DatabaseAddress } from "../../core/databaseAddress.ts";
import { type Connection, SCHEMA_LOCK, inTransaction } from "./connect.ts";

const records = `
  CREATE TABLE record (
    workspace text NOT NULL, path text NOT NULL, seq bigint NOT NULL, kind text NOT NULL, id text, sha256 text,
    record jsonb, text text, gone boolean NOT NULL DEFAULT false, PRIMARY KEY (workspace, path)
  );
  CREATE UNIQUE INDEX ON record (workspace, seq);
  CREATE UNIQUE INDEX ON record (workspace, id) WHERE kind = 'deployment';
  CREATE INDEX ON record (workspace, kind);`;

const number = (value: string): string => `CASE jsonb_typeof(${value}) WHEN 'number' THEN (${value})::float8 END`;

/** @param run jsonb with the facts of a run @param tested its metrics on the test rows */
const runViews = (run: string, tested: string): string => `
  CREATE OR REPLACE VIEW run AS SELECT workspace, id AS run_id, (${run}->>'createdAt')::timestamptz AS created_at,
    ${run}->>'trainId' AS train_id, ${run}->>'status' AS status, ${run}->>'task' AS task, ${run}->>'family' AS family,
    ${run}->>'featureSet' AS feature_set, ${run}->>'metric' AS metric, (${run}->>'rank')::int AS rank,
    (${run}->>'modelVersion')::int AS model_version, ${run}->'model'->>'sha256' AS model_sha256,
    ${run}->>'datasetId' AS dataset_id, ${run}->>'datasetSha256' AS dataset_sha256,
    ${run}->>'configSha256' AS config_sha256, (${run}->>'seconds')::float8 AS seconds, ${run}->>'note' AS note,
    ${run}->'params' AS params, ${run}->'tags' AS tags
    FROM record WHERE kind = 'run' AND NOT gone;

  CREATE OR REPLACE VIEW metric AS SELECT r.workspace, r.id AS run_id, (r.${run}->>'createdAt')::timestamptz AS created_at,
    r.${run}->>'family' AS family, (r.${run}->>'modelVersion')::int AS model_version, part.name AS part, m.key AS name,
    ${number("m.value")} AS value
    FROM record r
    CROSS JOIN LATERAL (VALUES ('validation', r.${run}->'metrics'), ('test', r.${tested})) AS part(name, metrics)
    CROSS JOIN LATERAL jsonb_each(CASE jsonb_typeof(part.metrics) WHEN 'object' THEN part.metrics ELSE '{}' END) AS m
    WHERE r.kind = 'run' AND NOT r.gone;`;

const views = `
  CREATE VIEW deployment AS SELECT workspace, (record->>'deploymentId')::int AS deployment_id,
    record->>'runId' AS run_id, record->>'previousRunId' AS previous_run_id,
    (record->>'deployedAt')::timestamptz AS deployed_at, record->>'action' AS action,
    record->'model'->>'sha256' AS model_sha256, (record->>'prunedAt')::timestamptz AS pruned_at,
    (record->>'deploymentId')::int = max((record->>'deploymentId')::int) OVER (PARTITION BY workspace) AS active
    FROM record WHERE kind = 'deployment' AND NOT gone;

  -- One row for each finding, metric, estimate and drifted column, as in the table monitor_values of the SQLite index.
  CREATE VIEW monitor_value AS SELECT r.workspace, r.id AS monitor_id, (r.record->>'createdAt')::timestamptz AS created_at,
    r.record->>'source' AS source, r.record->>'runId' AS run_id, (r.record->>'modelVersion')::int AS model_version,
    (r.record->'window'->>'start')::timestamptz AS window_start, (r.record->'window'->>'end')::timestamptz AS window_end,
    r.record->'window'->>'file' AS file, v.kind, v.area, v.name, ${number("v.value")} AS value,
    ${number("v.range->0")} AS low, ${number("v.range->1")} AS high, ${number("v.bound")} AS bound, v.status, v.message
    FROM record r CROSS JOIN LATERAL (
      SELECT 'finding' AS kind, f->>'area' AS area, f->>'name' AS name, f->'value' AS value, f->'interval' AS range,
        f->'limit' AS bound, f->>'status' AS status, f->>'message' AS message
        FROM jsonb_array_elements(r.record->'findings') AS f
      UNION ALL SELECT 'metric', 'performance', m.key, m.value, r.record->'performance'->'intervals'->m.key, NULL, NULL, NULL
        FROM jsonb_each(r.record->'performance'->'metrics') AS m
      UNION ALL SELECT 'metric', 'performance', 'error_std', r.record->'performance'->'errorStandardDeviation', NULL, NULL, NULL, NULL
        WHERE jsonb_typeof(r.record->'performance'->'errorStandardDeviation') = 'number'
      UNION ALL SELECT 'estimate', 'performance', m.key, m.value, r.record->'performance'->'estimate'->'intervals'->m.key, NULL, NULL, NULL
        FROM jsonb_each(CASE jsonb_typeof(r.record->'performance'->'estimate'->'metrics') WHEN 'object'
          THEN r.record->'performance'->'estimate'->'metrics' ELSE '{}' END) AS m
      UNION ALL SELECT 'drift', 'drift', c.key, c.value->'value', NULL, c.value->'limit',
        CASE WHEN c.value ? 'skipped' THEN 'skipped' WHEN (c.value->>'drifted')::boolean THEN 'fail' ELSE 'pass' END,
        coalesce(c.value->>'skipped', c.value->>'test')
        FROM jsonb_each((r.record->'drift'->'columns') || CASE jsonb_typeof(r.record->'drift'->'target') WHEN 'object'
          THEN jsonb_build_object('target', r.record->'drift'->'target') ELSE '{}' END) AS c
    ) AS v WHERE r.kind = 'monitor' AND NOT r.gone;`;

/** `->>` refuses a NUL and half of a surrogate pair, which JSON has as escapes. */
const readable = (json: string): string =>
  `(CASE WHEN strpos(${json}, '\\u') = 0 THEN ${json} ELSE regexp_replace(${json}, '\\\\u(0000|d[89a-f][0-9a-f]{2})', '\\\\ufffd', 'g') END)::json`;

const predictionView = (more: string): string => `
  CREATE OR REPLACE VIEW prediction AS SELECT p.workspace, p.prediction_id, p.at AS predicted_at, m.run_id, m.sha256 AS model_sha256,
    p.source, p.class, p.value, p.probability, ${readable("p.inputs")} AS inputs, l.class AS label_class, l.value AS label_value,
    l.labelled_at${more}
    FROM logged_prediction p JOIN logged_model m USING (model) LEFT JOIN logged_label l USING (seq);`;

/**
 * `logged_hour` counts predictions and labels, because counting a million rows takes Postgres a tenth of a second. Prediction
 * ids are searched by prefix, and so compared byte by byte. `seq` is the order of writing.
 */
const log = `
  CREATE TABLE logged_model (model int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, workspace text NOT NULL, run_id text, sha256 text NOT NULL);
  CREATE UNIQUE INDEX ON logged_model (workspace, sha256, coalesce(run_id, ''));
  CREATE TABLE logged_prediction (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL, value float8, probability float8,
    model int NOT NULL, workspace text NOT NULL, prediction_id text COLLATE "C" NOT NULL, source text NOT NULL, class text,
    inputs text NOT NULL
  );
  CREATE UNIQUE INDEX ON logged_prediction (workspace, prediction_id);
  CREATE INDEX ON logged_prediction (workspace, at, seq);
  CREATE TABLE logged_label (seq bigint PRIMARY KEY, labelled_at timestamptz NOT NULL, value float8, class text);
  CREATE TABLE logged_hour (
    workspace text NOT NULL, hour timestamptz NOT NULL, model int NOT NULL, source text NOT NULL,
    predictions bigint NOT NULL, labelled bigint NOT NULL, PRIMARY KEY (workspace, hour, model, source)
  );
  ${predictionView("")}
  CREATE VIEW prediction_hour AS SELECT h.workspace, h.hour, m.run_id, m.sha256 AS model_sha256, h.source, h.predictions, h.labelled
    FROM logged_hour h JOIN logged_model m USING (model);
  CREATE TABLE state (workspace text NOT NULL, name text NOT NULL, text text, PRIMARY KEY (workspace, name));`;

/**
 * What the views of runs show, as columns of their own: a record is stored compressed, and Postgres unpacks it for each key.
 * Counting the metrics of 10,000 runs takes a twentieth of the time.
 */
const brief = `
  ALTER TABLE record
    ADD brief jsonb GENERATED ALWAYS AS (CASE kind WHEN 'run' THEN record - ARRAY['config', 'score'] END) STORED,
    ADD tested jsonb GENERATED ALWAYS AS (CASE kind WHEN 'run' THEN record->'score'->'metrics' END) STORED;
  ${runViews("brief", "tested")}`;

const requests = `
  ALTER TABLE logged_prediction ADD request_id text;
  CREATE INDEX ON logged_prediction (workspace, request_id) WHERE request_id IS NOT NULL;`;

const thresholds = `ALTER TABLE logged_prediction ADD threshold float8; ${predictionView(", p.request_id, p.threshold")}`;

/** From each version to the next; their number is the version. Never change a released one. */
const steps = [records + runViews("record", "record->'score'->'metrics'") + views, log, brief, requests, thresholds];
const VERSION = steps.length;

/** Creates what an empty or older database lacks. @throws {MlctlError} "data" if the tables are another program's, or a newer mlctl's, or the encoding is not UTF8 */
export async function ensureSchema(connection: Connection, address: DatabaseAddress): Promise<void> {
  if ((await versionOf(connection, address)) === VERSION) return;
  await inTransaction(connection, async () => {
    // Of two processes that begin in an empty database, the second finds what the first has made.
    await connection.query("SELECT pg_advisory_xact_lock($1, $2)", [SCHEMA_LOCK, 0]);
    await requireUnicode(connection, address);
    for (const step of steps.slice(await versionOf(connection, address))) await connection.query(step);
    await connection.query(`COMMENT ON TABLE record IS '${comment(VERSION)}'`);
  });
}

/** In another encoding, a name with an accent could not be saved. */
async function requireUnicode(connection: Connection, { shown }: DatabaseAddress): Promise<void> {
  const [found] = await connection.query<{ server_encoding: string }>("SHOW server_encoding");
  if (found!.server_encoding === "UTF8") return;
  throw new MlctlError("data", `${shown} has the encoding ${found!.server_encoding}, but mlctl needs UTF8`, {
    hint: "make one that has: CREATE DATABASE name ENCODING 'UTF8' TEMPLATE template0 LOCALE 'C'",
  });
}

/** For readers: brings older tables up to date, but creates none in an empty database. */
export async function upgradeSchema(connection: Connection, address: DatabaseAddress): Promise<void> {
  if ((await versionOf(connection, address)) > 0) await ensureSchema(connection, address);
}

const comment = (version: number): string => `mlctl, version ${version}`;

/** 0 in an empty database. */
async function versionOf(connection: Connection, { shown }: DatabaseAddress): Promise<number> {
  const [found] = await connection.query<{ made: boolean; text: string | null }>(
    "SELECT to_regclass('record') IS NOT NULL AS made, obj_description(to_regclass('record'), 'pg_class') AS text",
  );
  if (found?.made !== true) return 0;
  const version = Number(/^mlctl, version (\d+)$/.exec(found.text ?? "")?.[1] ?? NaN);
  if (version <= VERSION) return version;
  if (Number.isNaN(version)) {
    throw new MlctlError("data", `${shown} has a table "record" that is not mlctl's`, {
      hint: "use another database, or a schema of its own: add ?options=-c%20search_path%3Dmlctl to the address",
    });
  }
  throw new MlctlError("data", `${shown} was written by a newer mlctl`, { hint: "upgrade mlctl on this machine" });
}
