/** How the files and the jobs of a workspace are called in other schedulers. */
import { existsSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { sha256Text } from "../../../storage/files/workspacePaths.ts";

const MAX_SLUG_LENGTH = 40;

/** Unique also for workspaces with the same folder name. */
export function unitPrefix(configPath: string): string {
  return `mlctl-${slug(basename(dirname(configPath)))}-${sha256Text(configPath).slice(0, 6)}`;
}

export function workflowPrefix(config: string): string {
  if (config === "config.json") return "mlctl";
  const place = dirname(config) === "." ? config : dirname(config);
  return `mlctl-${slug(place).slice(-MAX_SLUG_LENGTH)}-${sha256Text(config).slice(0, 6)}`;
}

/** The same before and after `git init`, and on each machine: "prod/config.json". */
export function placeInCluster(configPath: string): string {
  return `${basename(dirname(configPath))}/${basename(configPath)}`;
}

/**
 * In lower case and short: names in a cluster have at most 52 characters.
 * @param name of the model: other projects may have a folder and a file of the same names
 */
export function clusterPrefix(configPath: string, name: string): string {
  const place = placeInCluster(configPath);
  const short = slug(basename(place.replace(/(\/config)?\.\w+$/, "")))
    .toLowerCase()
    .slice(-12)
    .replace(/^-/, "");
  return `mlctl-${short}-${sha256Text(name === "model" ? place : `${place} ${name}`).slice(0, 6)}`;
}

function slug(text: string): string {
  return text.replace(/[^A-Za-z0-9]+/g, "-").replace(/^-|-$/g, "");
}

export function pathInRepository(configPath: string): string {
  return slashed(relative(repositoryOf(dirname(configPath)), configPath));
}

export function slashed(path: string): string {
  return path.replaceAll(sep, "/");
}

/** The folder with `.git`, at or above `folder`; else `folder`. */
export function repositoryOf(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return at;
    if (dirname(at) === at) return folder;
  }
}
