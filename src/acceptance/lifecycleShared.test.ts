/** The same commands twice, in folders and with records in a real Postgres and artifacts on a real S3 server. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { postgresServer, type PostgresServer } from "../testing/postgresServer.ts";
import { s3Server, type S3Server } from "../testing/s3Server.ts";
import { sampleWorkspace, temporaryFolder, type LifecycleWorkspace } from "./lifecycleWorkspace.ts";

let postgres: PostgresServer | string;
let s3: S3Server;
beforeAll(async () => {
  postgres = await postgresServer();
  s3 = await s3Server(temporaryFolder(), "models");
});
afterAll(() => s3.stop());

/** `new`: the next command finds another input file. */
const LIFE = [
  "ingest --dry-run",
  "fullprocess --dry-run",
  "fullprocess",
  "fullprocess",
  "verify",
  "new",
  "ingest",
  "ingest",
  "train",
  "train --seed 7 --name second --tag a=b",
  "score",
  "deploy --force --dry-run",
  "deploy --force -m because",
  "deploy --force",
  "deploy --rollback",
  "deploy --rollback",
  "models alias staging v2",
  "predict testdata/testdata.csv",
  "predict testdata/testdata.csv --log",
  "predictions list",
  "explain --rows testdata/testdata.csv",
  "diagnose --offline",
  "monitor testdata/testdata.csv",
  "monitor testdata/testdata.csv --fail-on drift",
  "reproduce latest",
  "runs list",
  "runs show latest",
  "runs diff v1 v2",
  "models list",
  "models show",
  "why v3 --against v1",
  "lineage",
  "at 2100-01-01",
  "alerts list",
  "report",
  "tune --trials 3",
  "fullprocess",
  "prune --dry-run",
  "prune",
  "runs list",
  "verify",
];

/** Ids, times, durations and temporary paths differ between any two workspaces; verify reads records in any order. */
function comparable(text: string, workspace: LifecycleWorkspace): string {
  return text
    .replaceAll(workspace.folder, "FOLDER")
    .replace(/\d{8}T\d{9}Z/g, "STAMP")
    .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?Z?/g, "TIME")
    .replace(/(?<![.0-9a-z])[0-9a-f]{12,}(?![0-9a-z])/g, "ID")
    .replace(/("\w*(?:seconds|_ms|mtime|bytes|size|duration)\w*": ?)[\d.e-]+/g, "$1N")
    .replace(/"timing":\{.*?\}\}/, "TIMING")
    .replace(/"(database|artifacts)": ?(null|"[^"]*")/g, "$1")
    .replace(/"findings":\[(\{"name":"store".*\})\]/, (_, findings: string) =>
      findings.split("},").toSorted().join("},"),
    );
}

it("every command gives the same result in folders and in Postgres with a bucket", async ({ skip }) => {
  if (typeof postgres === "string") return skip(postgres);
  const folders = sampleWorkspace();
  folders.configure({
    train: {
      models: [
        { family: "logistic_regression" },
        { family: "xgboost", params: { n_estimators: 20 }, search: { space: { max_depth: [2, 3, 4] } } },
      ],
    },
    retention: { models: { keep: 2, days: null } },
  });
  const shared = folders.copy();
  const url = await postgres.create("life");
  shared.configure({ database: url, artifacts: "s3://models/life" });
  const environment = { PGPASSWORD: process.env["PGPASSWORD"]!, ...s3.variables };
  // Not `run`: the S3 server answers in this process.
  const live = async (workspace: LifecycleWorkspace): Promise<string[]> => {
    const answers: string[] = [];
    for (const line of LIFE) {
      if (line === "new") {
        const [header, ...rows] = workspace.read("sourcedata/dataset3.csv").split("\n");
        workspace.write({ "practicedata/more.csv": [header, ...rows.slice(0, 200)].join("\n") });
        continue;
      }
      const { finished } = workspace.startWith(environment, ...line.split(" "), "--json");
      const { status, stdout, stderr } = await finished;
      answers.push(`${line}: exit ${status}\n${comparable(stdout + (status === 0 ? "" : stderr), workspace)}`);
    }
    return answers;
  };
  const answers = await Promise.all([folders, shared].map(live));
  const statuses = answers[0]!.map((answer) => answer.slice(0, 300));
  expect(statuses.filter((line) => /exit (1|2|null)\n/.test(line!))).toEqual([]);
  answers[0]!.forEach((answer, index) => expect.soft(answers[1]![index]).toBe(answer));
});
