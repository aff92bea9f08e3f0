/** The same odd rows through predict, watch, serve and explain: one reading and one policy. */
import { parse } from "csv-parse/sync";
import { beforeAll, describe, expect, it } from "vitest";
import { emptyWorkspace, type LifecycleWorkspace } from "./lifecycleWorkspace.ts";
import { served } from "./servedWorkspace.ts";

const header = ["id", "size", "city", "joined"] as const;
const good = { size: "5", city: "oslo", joined: "2024-03-01" };

/** One odd cell a row; the other cells are like those of training. */
const odd: readonly (readonly [column: "size" | "city" | "joined", cell: string])[] = [
  ...["", " ", "NA", "nan", "null", "-", "1e1", "1,5", "1.234,5", "0x10", " 5 ", "+7", "-3", "1_000", "1e400"].map(
    (cell) => ["size", cell] as const,
  ),
  ...[
    "Infinity",
    "-inf",
    "TRUE",
    "５",
    "7.",
    ".5",
    "5%",
    "$5",
    "1 000",
    "1e-400",
    "007",
    "5e",
    "--5",
    "\t6",
    "5;6",
  ].map((cell) => ["size", cell] as const),
  ...["12345678901234567890", "5.0000000000000001", "'5", "=1+1", "5 km", "nine"].map(
    (cell) => ["size", cell] as const,
  ),
  ...[
    "",
    "oslo ",
    "OSLO",
    "lima",
    "null",
    '"oslo"',
    "x".repeat(300),
    "a,b",
    "line\nbreak",
    "🙂",
    "0",
    "ro\u0301me",
  ].map((cell) => ["city", cell] as const),
  ...["", "2024-02-30", "2024-01-01T00:00:00Z", "01/02/2024", "yesterday", "9999-12-31", "1024", "2024-1-5"].map(
    (cell) => ["joined", cell] as const,
  ),
  ...["20240105", "2024-01-01 25:00", "2024-13-01", "0001-01-01"].map((cell) => ["joined", cell] as const),
];

const quoted = (cell: string): string => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
const line = (id: string, cells: Readonly<Record<"size" | "city" | "joined", string>>): string =>
  [id, cells.size, cells.city, cells.joined].map(quoted).join(",");
const rows = odd.map(([column, cell], i) => line(`r${i + 1}`, { ...good, [column]: cell }));
const csv = (lines: readonly string[]): string => `${[header.join(","), ...lines].join("\n")}\n`;

/** By id of the row: its prediction and probability, or null for a row that is refused. */
type Predicted = ReadonlyMap<string, string | null>;

/** Ids and predictions of a CSV that mlctl wrote. */
function predictedIn(text: string): [string, string][] {
  const records = parse(text, { columns: true }) as Record<string, string>[];
  return records.map((row) => [row["id"]!, `${row["prediction"]} ${row["probability"]}`]);
}

function refusedIn(text: string): [string, null][] {
  return (parse(text, { columns: true }) as Record<string, string>[]).map((row) => [row["id"]!, null]);
}

const sorted = (predicted: Predicted): [string, string | null][] =>
  [...predicted].toSorted(([a], [b]) => Number(a.slice(1)) - Number(b.slice(1)));
const refused = (predicted: Predicted): string[] =>
  sorted(predicted).flatMap(([id, value]) => (value === null ? [id] : []));

let workspace: LifecycleWorkspace;
beforeAll(() => {
  const day = (i: number): string => new Date(Date.UTC(2024, 0, 1 + (i % 90))).toISOString().slice(0, 10);
  const training = Array.from({ length: 240 }, (_, i) => {
    const size = ((i * 7) % 19) + 1;
    return `t${i},${size},${["oslo", "rome", "kyiv"][i % 3]},${day(i)},${size + (i % 5) > 11 ? "yes" : "no"}`;
  });
  workspace = emptyWorkspace({
    target: "bought",
    id_columns: ["id"],
    features: [{ type: "date_parts", parts: ["day_of_week"] }, { type: "one_hot", column: "city" }, { type: "impute" }],
    train: { models: [{ family: "logistic_regression" }] },
    watch: { settle: "0s", monitor: false },
    monitor: { minimum_rows: 1 },
  });
  workspace.write({ "sourcedata/a.csv": `${header.join(",")},bought\n${training.join("\n")}\n` });
  workspace.write({ "testdata/a.csv": `${header.join(",")},bought\n${training.slice(0, 60).join("\n")}\n` });
  workspace.ok("ingest");
  workspace.ok("train");
  workspace.ok("deploy", "--force");
});

function watched(guard: boolean): { processed: string; rejected: string; message: string; details: string[] } {
  const copy = workspace.copy();
  copy.configure({ watch: { settle: "0s", monitor: false, guard } });
  copy.write({ "drops/input/odd.csv": csv(rows) });
  const { stdout } = copy.run(["watch", "--once", "--json"]);
  const drop = JSON.parse(stdout.trim().split("\n")[0]!) as {
    output: string | null;
    reject_file: string | null;
    error: { message: string; details: string[] } | null;
  };
  const content = (path: string | null): string => (path === null ? "" : copy.read(`drops/${path}`));
  return {
    processed: content(drop.output),
    rejected: content(drop.reject_file),
    message: drop.error?.message ?? "",
    details: drop.error?.details ?? [],
  };
}

async function servedWith(validation: object, lines: readonly string[]): Promise<Predicted> {
  const copy = workspace.copy();
  copy.configure({ serve: { validation } });
  const server = await served(copy);
  const reply = await server.post("/predict", csv(lines), { "content-type": "text/csv" });
  await server.stop();
  expect(reply.status, reply.text).toBe(200);
  const records = parse(reply.text, { columns: true }) as Record<string, string>[];
  return new Map(
    records.map((row) => [
      row["id"]!,
      row["prediction_error"] === "" ? `${row["prediction"]} ${row["probability"]}` : null,
    ]),
  );
}

describe("odd rows", () => {
  it("are refused by the same rule and predicted with the same values with --guard, watch.guard and serve.validation", async () => {
    workspace.write({ "odd.csv": csv(rows) });
    const predict = workspace.ok("predict", "odd.csv", "--guard", "--reject-file", "bad.csv");
    const byPredict = new Map([...predictedIn(predict), ...refusedIn(workspace.read("bad.csv"))]);
    expect(byPredict.size).toBe(odd.length);
    const drop = watched(true);
    expect(sorted(new Map([...predictedIn(drop.processed), ...refusedIn(drop.rejected)]))).toEqual(sorted(byPredict));
    const strict = { unseen: "error", range: "error", history: "error" };
    expect(sorted(await servedWith(strict, rows))).toEqual(sorted(byPredict));
  });

  it("that can be read are predicted without guard; what cannot be read is refused by all, explain included", async () => {
    const lenient = { unseen: "warn", range: "warn", history: "warn" };
    const byServe = await servedWith(lenient, rows);
    const bad = refused(byServe);
    expect(bad.length).toBeGreaterThan(18);
    // watch names all of them, predict the first.
    const drop = watched(false);
    expect(drop.message).toMatch(new RegExp(`^odd.csv: ${bad.length} rows cannot be predicted, first: line `));
    workspace.write({ "odd.csv": csv(rows) });
    const first = workspace.run(["predict", "odd.csv"]);
    expect(first.status).toBe(3);
    expect(first.stderr).toContain(drop.details[0]!);
    const readable = rows.filter((_, i) => !bad.includes(`r${i + 1}`));
    workspace.write({ "readable.csv": csv(readable) });
    const byPredict = new Map(predictedIn(workspace.ok("predict", "readable.csv")));
    expect(sorted(byPredict)).toEqual(sorted(byServe).filter(([, value]) => value !== null));
    const explained = workspace.json<{ row_count: number }>("explain", "--rows", "readable.csv");
    expect(explained.row_count).toBe(readable.length);
    const accepted = bad.flatMap((id) => {
      const row = rows[Number(id.slice(1)) - 1]!;
      workspace.write({ "one.csv": csv([line("g", good), row]) });
      const { status, stderr } = workspace.run(["explain", "--rows", "one.csv"]);
      return status === 3 && /line 3|data row 2/.test(stderr) ? [] : [odd[Number(id.slice(1)) - 1]![1]];
    });
    expect(accepted).toEqual([]);
  });

  it("with a value that config.json declares missing after the training: in numbers and dates it is, in text it stays", async () => {
    const copy = workspace.copy();
    const late = [{ size: "nine" }, { joined: "yesterday" }, {}].map((cells, i) =>
      line(`r${i}`, { ...good, ...cells }),
    );
    const none = [{ size: "" }, { joined: "" }, {}].map((cells, i) => line(`r${i}`, { ...good, ...cells }));
    copy.write({ "odd.csv": csv(late), "none.csv": csv(none) });
    const answers = predictedIn(copy.ok("predict", "none.csv"));
    const types = { joined: "%Y-%m-%d" };
    copy.configure({ ingest: { types } });
    expect(copy.run(["predict", "odd.csv"]).status).toBe(3);
    const status = (): string[] => {
      const { findings } = copy.json<{ findings: { name: string; status: string }[] }>("monitor", "odd.csv");
      return findings.flatMap(({ name, status: found }) => (name === "types" ? [found] : []));
    };
    // A bad date does not keep monitor from judging the file, with `ingest.types` for the column, too.
    expect(status()).toEqual(["fail"]);
    copy.configure({ ingest: { types, null_values: ["", "nine", "yesterday", "oslo"] } });
    const { stdout, stderr } = copy.run(["predict", "odd.csv"]);
    expect(predictedIn(stdout)).toEqual(answers);
    expect(stderr).toContain(
      'warning: 1 row with a missing value in column "joined", first: line 3: "yesterday" is read as missing, as ingest.null_values says\n',
    );
    expect(status()).toEqual(["pass"]);
    for (const command of [
      ["monitor", "odd.csv"],
      ["explain", "--rows", "odd.csv"],
    ])
      expect(copy.run(command).stderr).toContain('warning: column "size": "nine" read as missing');
    const server = await served(copy);
    const { text } = await server.post("/predict", csv(late), { "content-type": "text/csv" });
    await server.stop();
    expect(predictedIn(text)).toEqual(answers);
  });
});
