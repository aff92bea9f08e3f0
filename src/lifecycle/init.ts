/** init: creates a workspace that is ready for `mlctl fullprocess`. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { configJsonSchema } from "../config/schema/configJsonSchema.ts";
import { templateText, type Template } from "../config/configTemplate.ts";
import type { KnownNames } from "../config/schema/schema.ts";
import type { Context } from "../core/context.ts";
import { MlctlError } from "../core/errors.ts";
import { sampleFiles } from "../data/samples/sampleData.ts";
import { atomicWrite } from "../storage/files/atomicWrite.ts";

export interface InitOptions {
  /** Absolute path; created if missing. */
  readonly directory: string;
  readonly template: Template;
  readonly known: KnownNames;
  readonly seed: number;
  readonly force: boolean;
  readonly dryRun: boolean;
}

const IGNORED = ["mlctl.db*", "/ingesteddata/", "/models/", "/production_deployment/", "/mlctl.env"];
/** Folders of the example templates that mlctl reads data files from. */
const READ_FOLDERS = ["sourcedata", "practicedata", "testdata"];

export async function init(options: InitOptions, context: Context) {
  const { template, directory } = options;
  const empty = ["sourcedata/.gitkeep", "testdata/.gitkeep"].map((path) => ({ path, content: "" }));
  const samples = template === "blank" ? empty : await sampleFiles(template, options.seed);
  const write = (): void => {
    for (const { path, content } of samples) atomicWrite(join(directory, path), content);
  };
  const data = { paths: samples.map(({ path }) => path), write };
  return { template, ...(await createWorkspace(data, templateText(template), options, context)) };
}

export type InitResult = Awaited<ReturnType<typeof init>>;

/**
 * @param config the text of config.json
 * @returns the paths of the files, relative to the directory, and notes about files that existed before
 * @throws {MlctlError} kind "usage" if files exist already; it names them all and writes nothing
 */
export async function createWorkspace(
  data: { readonly paths: readonly string[]; write(): Promise<void> | void },
  config: string,
  { directory, dryRun, known, force }: Omit<InitOptions, "template" | "seed">,
  context: Context,
) {
  if (existsSync(directory) && !statSync(directory).isDirectory())
    throw new MlctlError("usage", `${directory} is a file, not a folder`, { hint: "name a folder" });
  // An existing .gitignore is never replaced; a note lists the missing lines.
  const ignore = { path: ".gitignore", content: `# Written by mlctl\n${IGNORED.join("\n")}\n` };
  const written = [
    ...(existsSync(join(directory, ignore.path)) ? [] : [ignore]),
    { path: "config.schema.json", content: `${JSON.stringify(configJsonSchema(known), null, 2)}\n` },
    { path: "config.json", content: config },
  ];
  const files = [...data.paths, ...written.map(({ path }) => path)];
  const existing = files.filter((path) => existsSync(join(directory, path)));
  if (existing.length > 0 && !force) {
    const message = `${directory} already has ${existing.join(", ")}; nothing was written`;
    throw new MlctlError("usage", message, { hint: "name another folder, or use --force to overwrite" });
  }
  const notes = [...missingFromIgnore(directory), ...otherFiles(directory, files)];
  if (!dryRun) {
    context.emit({ type: "stage", stage: "init", message: `writing ${files.length} files` });
    await data.write();
    // config.json is written last: a folder without it is an unfinished workspace.
    for (const { path, content } of written) atomicWrite(join(directory, path), content);
  }
  return { directory, dryRun, files, notes };
}

function missingFromIgnore(directory: string): string[] {
  const path = join(directory, ".gitignore");
  if (!existsSync(path)) return [];
  const lines = new Set(readFileSync(path, "utf8").split(/\r?\n/));
  const missing = IGNORED.filter((line) => !lines.has(line));
  return missing.length === 0 ? [] : [`.gitignore was not changed; it lacks ${missing.join(" ")}`];
}

/** Existing files (of another template, for example) that mlctl would read together with the new ones. */
function otherFiles(directory: string, files: readonly string[]): string[] {
  const own = new Set(files);
  return READ_FOLDERS.flatMap((folder) => {
    if (!files.some((path) => path.startsWith(`${folder}/`)) || !existsSync(join(directory, folder))) return [];
    const others = readdirSync(join(directory, folder)).filter((name) => !own.has(`${folder}/${name}`));
    const visible = others.filter((name) => !name.startsWith("."));
    return visible.length === 0 ? [] : [`${folder} already had ${visible.join(", ")}; mlctl reads these files too`];
  });
}
