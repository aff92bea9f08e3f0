/** init: writes a workspace, ready for `mlctl fullprocess`. */
import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { configJsonSchema } from "../config/configJsonSchema.ts";
import { configTemplate, type Template } from "../config/configTemplate.ts";
import type { KnownNames } from "../config/schema.ts";
import type { Context } from "../core/context.ts";
import { MlctlError } from "../core/errors.ts";
import { sampleFiles } from "../data/sampleData.ts";
import { atomicWrite } from "../storage/atomicWrite.ts";

export interface InitOptions {
  /** Absolute; made if it is missing. */
  readonly directory: string;
  readonly template: Template;
  readonly known: KnownNames;
  /** Of the sample data. */
  readonly seed: number;
  /** Overwrite files that are there. */
  readonly force: boolean;
  readonly dryRun: boolean;
}

export interface InitResult {
  readonly directory: string;
  readonly template: Template;
  readonly dryRun: boolean;
  /** Relative to the directory. */
  readonly files: readonly string[];
}

interface File {
  readonly path: string;
  readonly content: string | Uint8Array;
}

/** @throws {MlctlError} kind "usage" naming every file that is there already; nothing is written then */
export async function init(options: InitOptions, context: Context): Promise<InitResult> {
  const { directory, template, dryRun } = options;
  const files = await plannedFiles(options);
  const existing = files.filter(({ path }) => existsSync(join(directory, path)));
  if (existing.length > 0 && !options.force) {
    const message = `${directory} has ${existing.map(({ path }) => path).join(", ")} already; nothing was written`;
    throw new MlctlError("usage", message, { hint: "name another folder, or overwrite with --force" });
  }
  if (!dryRun) {
    context.emit({ type: "stage", stage: "init", message: `writing ${files.length} files` });
    for (const { path, content } of files) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      atomicWrite(join(directory, path), content);
    }
  }
  return { directory, template, dryRun, files: files.map(({ path }) => path) };
}

/** config.json comes last: a workspace without it is one that was not finished. */
async function plannedFiles({ template, known, seed }: InitOptions): Promise<File[]> {
  const empty = ["sourcedata/.gitkeep", "testdata/.gitkeep"].map((path) => ({ path, content: "" }));
  return [
    ...(template === "blank" ? empty : await sampleFiles(template, seed)),
    {
      path: ".gitignore",
      content: "# Written by mlctl\nmlctl.db*\n/ingesteddata/\n/models/\n/production_deployment/\n",
    },
    { path: "config.schema.json", content: `${JSON.stringify(configJsonSchema(known), null, 2)}\n` },
    { path: "config.json", content: configTemplate(template).text },
  ];
}
