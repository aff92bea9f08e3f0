/** Builds the command line with which another scheduler runs a job. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Reference } from "../../../config/references.ts";
import { VARIABLES_FILE } from "../../../config/variablesFile.ts";
import { program, type JobPlace } from "../executeJob.ts";
import type { ScheduledJob } from "../scheduledJobs.ts";

export const DUE = "15m";

export type Target = "crontab" | "systemd" | "github" | "k8s";

/** Lets a job find programs other than Node, such as alert commands and python. */
const SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export function jobCommand({ name }: ScheduledJob, flags: readonly string[], configPath: string): string[] {
  return [process.execPath, program, "schedule", "now", name, ...flags, "-q", "-c", configPath];
}

export function jobPath(): string {
  return `${dirname(process.execPath)}:${SYSTEM_PATH}`;
}

/** For a POSIX shell, also one that cron starts: some crons read `\\` or `\%` as one character, so a quote follows. */
export function shellWord(text: string): string {
  if (/^[A-Za-z0-9_@+=:,./-]+$/.test(text)) return text;
  const escapes: Record<string, string> = { "'": String.raw`'\''`, "\\": String.raw`\''`, "%": String.raw`'\%'` };
  return `'${text.replace(/['\\%]/g, (character) => escapes[character]!)}'`;
}

/** Of Kubernetes: jobs and servers get all of it, as deploy/kubernetes says. */
export const SECRET = "mlctl-env";

/** Set by the system or the scheduler itself: a secret of that name would hide the right value. */
const OF_SYSTEM = /^(PATH|HOME|USER|LOGNAME|SHELL|PWD|LANG|TZ|TMPDIR|HOSTNAME|RUNNER_.*|GITHUB_(?!TOKEN$).*)$/;

/** No job is a server: the tokens of its callers need not be where jobs run. `apicalls` may use serve.token. */
function variableNames(references: readonly Reference[]): string[] {
  const used = references.filter(({ path }) => path[0] !== "serve" || path[1] !== "tokens");
  return [...new Set(used.map(({ name }) => name))].filter((name) => !OF_SYSTEM.test(name));
}

const places: Readonly<Record<string, string>> = { github: "secrets of the repository", k8s: `secret ${SECRET}` };

export function jobVariables({ references, directory }: JobPlace, target: Target) {
  return variableNames(references).map((name) => {
    const uses = references.filter((each) => each.name === name);
    return {
      name,
      keys: [...new Set(uses.map(({ path }) => path.join(".")))],
      optional: uses.every(({ fallback }) => fallback !== undefined),
      place: places[target as string] ?? join(directory, VARIABLES_FILE),
    };
  });
}

export function variablesNote(variables: ReturnType<typeof jobVariables>, target: Target): string | undefined {
  const [first] = variables;
  if (first === undefined) return undefined;
  const isFile = target === "crontab" || target === "systemd";
  const lines = isFile && existsSync(first.place) ? readFileSync(first.place, "utf8") : "";
  const missing = variables.filter(({ name }) => !new RegExp(String.raw`^\s*(export\s+)?${name}=`, "m").test(lines));
  if (missing.length === 0) return undefined;
  const names = missing.map(
    ({ name, keys, optional }) => `${name} (${keys.join(", ")}${optional ? "; has a default" : ""})`,
  );
  const how = {
    github: "set as secrets of the repository (Settings, Secrets and variables, Actions)",
    k8s: `set in the secret ${SECRET}, as \`kubectl create secret generic ${SECRET} ${missing.map(({ name }) => `--from-literal=${name}=…`).join(" ")}\``,
  }[target as string];
  return `the jobs do not see the variables of this shell; ${how ?? `write into ${first.place}, a line NAME='value' each, readable only by you`}: ${names.join(", ")}`;
}

/** Escapes the specifiers of systemd, such as %n. */
export function unitText(text: string): string {
  return text.replaceAll("%", "%%");
}

export function githubSecrets(references: readonly Reference[]): Record<string, string> {
  return Object.fromEntries(variableNames(references).map((name) => [name, `\${{ secrets.${name} }}`]));
}
