/** The dashboard over Postgres: each of its queries on a real database. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databaseAddress } from "../core/databaseAddress.ts";
import { openRecords } from "../storage/openRecords.ts";
import { connect, type Connection } from "../storage/postgres/connect.ts";
import { joinLabels } from "../storage/predictionLog/joinLabels.ts";
import { postgresWriter } from "../storage/predictionLog/postgresWriter.ts";
import { exampleMonitoring, exampleRequest, exampleRun, exampleWorkspace } from "../testing/exampleRecords.ts";
import { postgresServer, type PostgresServer } from "../testing/postgresServer.ts";

interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly type: string;
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number };
    readonly targets?: readonly { readonly rawSql: string; readonly format: string }[];
  }[];
  readonly annotations: { readonly list: readonly { readonly name: string; readonly rawQuery: string }[] };
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
}

const { panels, annotations, templating } = JSON.parse(
  readFileSync("deploy/grafana/postgres.json", "utf8"),
) as Dashboard;
const queries = [
  ...panels.flatMap(({ title, targets = [] }) => targets.map(({ rawSql, format }) => ({ title, sql: rawSql, format }))),
  ...annotations.list.map(({ name, rawQuery }) => ({ title: name, sql: rawQuery, format: "time_series" })),
  ...templating.list.flatMap(({ name, definition }) =>
    definition === undefined ? [] : [{ title: name, sql: definition, format: "table" }],
  ),
];

let server: PostgresServer | string;
let connection: Connection;
const at = Date.UTC(2026, 0, 1, 12);
beforeAll(async () => {
  server = await postgresServer();
  if (typeof server === "string") return;
  const shared = databaseAddress(`${await server.create("ml")}?workspace=churn`)!;
  const paths = { ...exampleWorkspace(), shared };
  const records = openRecords(paths, () => {});
  const lock = await records.lock({ command: "test", waitMs: 0, now: () => new Date() });
  await records.save(exampleRun(1, { score: { metrics: { f1: 0.6 } } as never }));
  await records.save(exampleMonitoring(1));
  await records.deploy(exampleRequest(paths, "run1", 1));
  await lock.release();
  const writer = await postgresWriter(shared, { days: null, rows: null, bytes: null });
  await writer.write(
    [1, 2, 3].map((i) => [`${i}`, at + i, "run1", "sha", '{"x":1}', i === 3 ? 1.5 : "yes", 0.5, "serve", null, null]),
  );
  writer.close();
  const join = await joinLabels({
    place: paths,
    keyOf: null,
    toLabel: (label) => label,
    replace: false,
    now: at,
    examples: 5,
  });
  join.add([{ key: "1", label: "no", line: 1 }]);
  await join.finish();
  join.close();
  connection = await connect(shared, "grafana");
});
afterAll(async () => {
  await connection?.end();
});

/** What Grafana makes of its macros and variables. */
function expanded(sql: string): string {
  return sql
    .replaceAll(
      /\$__timeFilter\((\w+|coalesce\([^)]*\))\)/g,
      "$1 BETWEEN '2000-01-01T00:00:00Z' AND '2100-01-01T00:00:00Z'",
    )
    .replaceAll("$workspace", "churn");
}

describe("the Grafana dashboard over Postgres", () => {
  it.each(queries)("answers $title", async ({ sql, format }) => {
    if (typeof server === "string") return;
    expect(expanded(sql)).not.toContain("$");
    const rows = await connection.query<Record<string, unknown>>(expanded(sql));
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) {
      if (format === "time_series") expect(row["time"]).toBeInstanceOf(Date);
      expect(Object.values(row).some((value) => value !== null)).toBe(true);
    }
  });

  it("has panels that do not overlap, each with a query", () => {
    for (const { type, targets = [] } of panels) expect(targets.length > 0).toBe(type !== "row");
    const places = panels.map(({ gridPos: { x, y } }) => `${x} ${y}`);
    expect(new Set(places).size).toBe(places.length);
    expect(Math.max(...panels.map(({ gridPos: { x, w } }) => x + w))).toBe(24);
  });
});
