/** Finds the package index and certificates in the same way as pip: environment variables, then configuration files. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { homeFolder, userFolder } from "../../core/userFolder.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export interface PipSettings {
  /** Without a trailing slash. */
  readonly indexUrl: string;
  /** Variable or file that sets the index, for messages. */
  readonly source: string;
  /** File of certificates to trust in addition to Node's. */
  readonly certificates: string | null;
}

const PYPI = "https://pypi.org/simple";

/** Later files override earlier ones, and variables override files. @see https://pip.pypa.io/en/stable/topics/configuration/ */
export function pipSettings(environment: Environment = process.env): PipSettings {
  const settings = new Map<string, { value: string; source: string }>();
  for (const path of configurationFiles(environment)) {
    for (const [key, value] of readConfiguration(path)) settings.set(key, { value, source: path });
  }
  for (const [name, key] of [
    ["PIP_INDEX_URL", "index-url"],
    ["PIP_CERT", "cert"],
  ] as const) {
    const value = environment[name] ?? "";
    if (value !== "") settings.set(key, { value, source: name });
  }
  const index = settings.get("index-url");
  return {
    indexUrl: (index?.value ?? PYPI).replace(/\/+$/, ""),
    source: index?.source ?? "pip's default",
    certificates: settings.get("cert")?.value ?? environment.SSL_CERT_FILE ?? null,
  };
}

function configurationFiles(environment: Environment): string[] {
  const named = environment.PIP_CONFIG_FILE;
  if (named !== undefined) return [named]; // /dev/null means none
  const home = homeFolder(environment);
  const settings = userFolder("XDG_CONFIG_HOME", ".config", environment);
  const windows = [environment.ProgramData, environment.APPDATA].map((path) => path && join(path, "pip/pip.ini"));
  return [
    "/etc/xdg/pip/pip.conf",
    "/etc/pip.conf",
    "/Library/Application Support/pip/pip.conf",
    ...windows,
    home && join(home, ".pip/pip.conf"),
    settings && join(settings, "pip/pip.conf"),
    home && join(home, "Library/Application Support/pip/pip.conf"),
    environment.VIRTUAL_ENV && join(environment.VIRTUAL_ENV, "pip.conf"),
  ].filter((path) => typeof path === "string" && path !== "") as string[];
}

/** Keys of [global] and [install], which apply to downloads; [install] overrides [global]. */
function readConfiguration(path: string): [string, string][] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return [];
  }
  const bySection: Record<string, [string, string][]> = { global: [], install: [] };
  let section = "";
  for (const line of text.split(/\r?\n/)) {
    section = /^\[([\w-]+)\]/.exec(line)?.[1] ?? section;
    const [, key, value] = /^([\w-]+)\s*[=:]\s*(.*?)\s*$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) bySection[section]?.push([key.replaceAll("_", "-"), value]);
  }
  return [...bySection.global!, ...bySection.install!];
}
