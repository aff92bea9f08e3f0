/** A deployed workspace inside a folder that nobody may touch, and the proof of it. */
import { cpSync, lstatSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { random } from "../../core/random.ts";
import { withDatabase, literal } from "../../data/duckdb/duckdb.ts";
import { HEADER, rows, smallWorkspace } from "../badInput.ts";
import { sha256, temporaryFolder, workspaceIn, type LifecycleWorkspace } from "../lifecycleWorkspace.ts";

/** In the files outside; in no output. */
export const SECRET = "k3-outside-secret";

export interface HostileWorkspace extends LifecycleWorkspace {
  /** Puts back every file as it was deployed. */
  restore(): void;
  /** What lies outside of the workspace, with its content: nothing may come of it. */
  outside(): Record<string, string>;
  /** Datasets, models, records and the deployment: the hash of each file by its path. */
  state(): Record<string, string>;
}

/** One deployed workspace, copied for each that is asked for. */
export function hostileWorkspaces(): () => HostileWorkspace {
  const template = smallWorkspace();
  // Files are read one by one: what one of them brings is not to decide about the next.
  template.configure({
    train: { models: [{ family: "logistic_regression" }], metric: "f1", seed: 42 },
    ingest: { accumulate: false },
  });
  return () => {
    const root = temporaryFolder();
    const folder = join(root, "home", "workspace");
    mkdirSync(folder, { recursive: true });
    for (const path of ["outside", "outside.csv", "home/outside", "home/outside.csv"])
      writeFileSync(join(root, path), `${HEADER}${SECRET},1,2,3,1\n`);
    const restore = (): void => {
      rmSync(folder, { recursive: true, force: true });
      cpSync(template.folder, folder, { recursive: true, preserveTimestamps: true });
    };
    restore();
    return {
      ...workspaceIn(folder),
      restore,
      outside: () => contents(root, (path) => !path.startsWith(folder)),
      state: () => hashes(folder),
    };
  };
}

function contents(root: string, isMeant: (path: string) => boolean): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { parentPath, name } of readdirSync(root, { recursive: true, withFileTypes: true })) {
    const path = join(parentPath, name);
    if (!isMeant(path)) continue;
    found[path] = lstatSync(path).isFile() ? readFileSync(path, "utf8") : "folder";
  }
  return found;
}

function hashes(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const part of ["ingesteddata", "models", "production_deployment"]) {
    const path = join(folder, part);
    for (const entry of readdirSync(path, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = join(entry.parentPath, entry.name);
      found[file.slice(folder.length + 1)] = sha256(readFileSync(file));
    }
  }
  return found;
}

/** Sound files of each form, to be damaged. */
export async function soundFiles(): Promise<Record<string, Buffer>> {
  const csv = Buffer.from(HEADER + rows(40));
  const records = csv
    .toString()
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => {
      const [corporation, ...numbers] = line.split(",");
      const names = HEADER.trim().split(",").slice(1);
      return { corporation, ...Object.fromEntries(names.map((name, i) => [name, Number(numbers[i])])) };
    });
  const folder = temporaryFolder();
  const [source, parquet] = [join(folder, "a.csv"), join(folder, "a.parquet")];
  writeFileSync(source, csv);
  await withDatabase((database) =>
    database.run(`COPY (SELECT * FROM read_csv(${literal(source)})) TO ${literal(parquet)} (FORMAT parquet)`),
  );
  return {
    csv,
    tsv: Buffer.from(csv.toString().replaceAll(",", "\t")),
    json: Buffer.from(JSON.stringify(records, null, 1)),
    jsonl: Buffer.from(records.map((record) => `${JSON.stringify(record)}\n`).join("")),
    parquet: readFileSync(parquet),
  };
}

/** The same chance for the same case, whatever other cases there are. */
export const chanceOf = (kind: string, index: number): ReturnType<typeof random> =>
  random([...kind].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) * 10_007 + index);
