/** Two thousand damaged files: each is answered in time, with a message and an exit code of the table, and nothing else changes. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { exitCodes } from "../../core/errors.ts";
import type { Random } from "../../core/random.ts";
import { serializeModel } from "../../storage/model/modelFile.ts";
import { damagedBytes, damagedJson } from "./damage.ts";
import { FAULTS_TIMEOUT, faultCount, histogram, isFull, tell } from "./faultCounts.ts";
import { chanceOf, hostileWorkspaces, SECRET, soundFiles, type HostileWorkspace } from "./hostileWorkspace.ts";
import { callBin, HANG_MILLISECONDS, staying, type Called } from "./manyCalls.ts";

/** One of so many goes through bin/mlctl.js in a process of its own; the others share one. */
const BIN_EVERY = 8;

/** A machine that does much else is slower; a hang is longer still. */
const PATIENCE = 4;

const LANES = 2;

interface Case {
  readonly name: string;
  readonly argv: readonly string[];
  /** Damaged files by their path in the workspace. */
  readonly files: Readonly<Record<string, Buffer>>;
}

let workspaceOf: () => HostileWorkspace;
let sound: Record<string, Buffer>;
beforeAll(async () => {
  workspaceOf = hostileWorkspaces();
  sound = await soundFiles();
});

const codes = new Set<number>([0, ...Object.values(exitCodes)]);

/** What is wrong with an answer; empty: nothing. */
function complaints({ status, stdout, stderr, thrown }: Called): string[] {
  const found: string[] = [];
  const output = stdout + stderr;
  if (thrown !== null) found.push(`threw ${thrown.slice(0, 600)}`);
  else if (status === null || !codes.has(status)) found.push(`exit ${status}`);
  else if (status !== 0 && !/^error: \S|\tfail\t/m.test(output)) found.push(`exit ${status} without a message`);
  if (output.includes("this is a bug in mlctl")) found.push("a bug is told");
  if (/^\s+at .+:\d+:\d+\)?$/m.test(output)) found.push("a stack is shown");
  if (output.includes(SECRET)) found.push("a file outside was read");
  return found;
}

interface Told {
  readonly name: string;
  readonly ending: string;
  readonly milliseconds: number;
  readonly problems: readonly string[];
}

async function tryCase(each: Case, call: (argv: readonly string[]) => Promise<Called>, workspace: HostileWorkspace) {
  const deployed = workspace.state();
  workspace.write(each.files);
  const before = workspace.state();
  const outside = workspace.outside();
  const argv = each.argv.map((word) => word.replace(/^@\//, `${workspace.folder}/`));
  const called = await call([...argv, "-C", workspace.folder]);
  const problems = complaints(called);
  const after = workspace.state();
  // A damaged file may be restored; figures of a run whose model file lost no more than spaces go into its record.
  const lost = Object.keys(before)
    .filter((path) => ![before[path], deployed[path]].includes(after[path]))
    .filter((path) => !(each.argv[0] === "score" && path.startsWith("models/run_")));
  if (lost.length > 0) problems.push(`changed or lost ${lost.join(", ")}`);
  if (JSON.stringify(workspace.outside()) !== JSON.stringify(outside)) problems.push("wrote outside of the workspace");
  const told = `${each.name}: mlctl ${each.argv.join(" ")}`;
  return {
    name: told,
    ending: `exit ${called.status}`,
    milliseconds: called.milliseconds,
    problems: problems.map((problem) => `${told}: ${problem}\n${called.stderr.slice(-600)}`),
  };
}

async function tryAll(
  kind: string,
  count: number,
  caseOf: (index: number, chance: Random) => Omit<Case, "name">,
): Promise<void> {
  const waiting = Array.from({ length: count }, (_, index) => index).toReversed();
  const told: Told[] = [];
  const lane = async (): Promise<void> => {
    const workspace = workspaceOf();
    const caller = staying(join(workspace.folder, ".."), PATIENCE);
    for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
      const call =
        index % BIN_EVERY === 0
          ? (argv: readonly string[]) => callBin(join(workspace.folder, ".."), argv, PATIENCE)
          : caller.call;
      const each = caseOf(index, chanceOf(kind, index));
      told.push(await tryCase({ ...each, name: `${kind} ${index}` }, call, workspace));
      workspace.restore();
    }
    caller.stop();
  };
  await Promise.all(Array.from({ length: isFull ? LANES : 1 }, lane));
  const slowest = told.reduce((worst, each) => (each.milliseconds > worst.milliseconds ? each : worst));
  const problems = told.flatMap((each) => each.problems);
  const figures = `${histogram(told.map(({ ending }) => ending))}; slowest ${(slowest.milliseconds / 1000).toFixed(1)} s (${slowest.name})`;
  tell(`${count} damaged ${kind} files: ${figures}; ${problems.length} problems`);
  expect(problems).toEqual([]);
  expect(slowest.milliseconds, slowest.name).toBeLessThan(HANG_MILLISECONDS * PATIENCE);
}

const pick = <T>(items: readonly T[], { integer }: Random): T => items[integer(items.length)]!;

/** The ways in which a file of data comes in; "@/" is the workspace. */
function dataCase(name: string, content: Buffer, chance: Random): Omit<Case, "name"> {
  const path = `practicedata/${name}`;
  const ways = [
    ["ingest"],
    ["predict", `@/${path}`],
    ["ingest", "--json"],
    ["predict", `@/${path}`, "--guard", "--reject-file", "@/rejected.csv", "-o", "@/answers.csv"],
    ["monitor", `@/${path}`],
    ["fullprocess", "--dry-run"],
  ];
  return { argv: pick(ways, chance), files: { [path]: content } };
}

/** Without its seal where it is nested deeper than this process can write. */
function sealed(model: Parameters<typeof serializeModel>[0]): string {
  try {
    return serializeModel(model);
  } catch (error) {
    if (error instanceof RangeError) return JSON.stringify(model);
    throw error;
  }
}

describe("damaged files", () => {
  it.each<[form: string, few: number, all: number]>([
    ["csv", 6, 350],
    ["tsv", 2, 100],
    ["json", 6, 250],
    ["jsonl", 4, 150],
    ["parquet", 6, 250],
  ])(
    "of data as %s",
    async (form, few, all) => {
      await tryAll(form, faultCount(few, all), (_, chance) =>
        dataCase(`hostile.${form}`, damagedBytes(sound[form]!, chance), chance),
      );
    },
    FAULTS_TIMEOUT,
  );

  it(
    "packed with gzip, damaged before or after",
    async () => {
      await tryAll("gz", faultCount(4, 200), (index, chance) => {
        const form = pick(["csv", "json", "jsonl"], chance);
        const content = sound[form]!;
        const packed =
          index % 3 === 0 ? gzipSync(damagedBytes(content, chance)) : damagedBytes(gzipSync(content), chance);
        return dataCase(`hostile.${form}.gz`, packed, chance);
      });
    },
    FAULTS_TIMEOUT,
  );

  it(
    "of configuration",
    async () => {
      const text = readFileSync(join(workspaceOf().folder, "config.json"));
      const value = JSON.parse(text.toString()) as unknown;
      const ways = [
        ["config", "validate"],
        ["ingest", "--force"],
        ["fullprocess", "--dry-run"],
        ["runs", "list"],
        ["doctor"],
        ["train"],
      ];
      await tryAll("config", faultCount(8, 300), (index, chance) => {
        const edited = () => Buffer.from(JSON.stringify(damagedJson(value, chance), null, 2));
        const content = index % 2 === 0 ? edited() : damagedBytes(text, chance);
        return { argv: pick(ways, chance), files: { "config.json": content } };
      });
    },
    FAULTS_TIMEOUT,
  );

  it(
    "of models, some with a seal that holds",
    async () => {
      const text = readFileSync(join(workspaceOf().folder, "production_deployment/trainedmodel.json"));
      const { sha256: _seal, ...value } = JSON.parse(text.toString()) as Parameters<typeof serializeModel>[0] & {
        sha256: string;
      };
      const ways = [
        ["predict", "@/testdata/testdata.csv", "--model", "@/model.json"],
        ["score", "--model", "@/model.json"],
        ["explain", "@/model.json"],
        ["deploy", "@/model.json", "--force"],
      ];
      await tryAll("model", faultCount(8, 250), (index, chance) => {
        const resealed = () => Buffer.from(sealed(damagedJson(value, chance) as typeof value));
        const content = index % 2 === 0 ? resealed() : damagedBytes(text, chance);
        return { argv: pick(ways, chance), files: { "model.json": content } };
      });
    },
    FAULTS_TIMEOUT,
  );

  it(
    "of what a workspace knows of itself",
    async () => {
      const workspace = workspaceOf();
      const paths = [
        ...Object.keys(workspace.state()).filter((path) => path.endsWith(".json")),
        "mlctl.db",
        "mlctl.db.lock",
      ];
      const ways = [
        ["doctor"],
        ["verify"],
        ["reindex"],
        ["runs", "list"],
        ["lineage"],
        ["fullprocess"],
        ["deploy", "--rollback"],
        ["diagnose"],
        ["prune", "--dry-run"],
      ];
      await tryAll("record", faultCount(6, 150), (index, chance) => {
        const path = pick(paths, chance);
        const bytes = readFileSync(join(workspace.folder, path));
        const isJson = path.endsWith(".json") && index % 2 === 0;
        const content = isJson
          ? Buffer.from(JSON.stringify(damagedJson(JSON.parse(bytes.toString()), chance)))
          : damagedBytes(bytes, chance);
        return { argv: pick(ways, chance), files: { [path]: content } };
      });
    },
    FAULTS_TIMEOUT,
  );
});
