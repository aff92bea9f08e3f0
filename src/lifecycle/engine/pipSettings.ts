/** Finds the package index and certificates in the same way as pip: environment variables, then configuration files. */
import { existsSync, readFileSync } from "node:fs";
import { devNull } from "node:os";
import { delimiter, isAbsolute, join } from "node:path";
import { homeFolder, userFolder, type Environment } from "../../core/userFolder.ts";

export interface PipSettings {
  readonly indexUrl: string;
  /** Variable or file that sets the index, for messages. */
  readonly source: string;
  /** File of certificates to trust in addition to Node's. */
  readonly certificates: string | null;
  /** Used instead of the proxies that the environment names. */
  readonly proxy: string | null;
  /** Settings that are present but have no effect on mlctl, for messages. */
  readonly ignored: readonly string[];
}

const PYPI = "https://pypi.org/simple";

const followed = ["index-url", "cert", "proxy"];
const ignored = ["extra-index-url", "find-links", "no-index", "trusted-host", "client-cert"];

/** Read by the HTTP library of pip or by Python. */
const certificateVariables = ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"];

type Setting = Readonly<Record<"section" | "key" | "value" | "source", string>>;

/** Later files override earlier ones, and variables override files. @see https://pip.pypa.io/en/stable/topics/configuration/ */
export function pipSettings(environment: Environment = process.env, platform = process.platform): PipSettings {
  const inFiles = configurationFiles(environment, platform).flatMap(readConfiguration);
  const inVariables = [...followed, ...ignored].map((key): Setting => {
    const source = `PIP_${key.toUpperCase().replaceAll("-", "_")}`;
    return { section: "variables", key, value: environment[source] ?? "", source };
  });
  const settings = new Map<string, Setting>();
  for (const wanted of ["global", "install", "variables"]) {
    for (const setting of [...inFiles, ...inVariables]) {
      if (setting.section === wanted && setting.value !== "") settings.set(setting.key, setting);
    }
  }
  const index = settings.get("index-url");
  const variable = certificateVariables.find((name) => (environment[name] ?? "") !== "") ?? "";
  return {
    indexUrl: (index?.value ?? PYPI).replace(/\/+$/, ""),
    source: index?.source ?? "pip's default",
    certificates: settings.get("cert")?.value ?? environment[variable] ?? null,
    proxy: settings.get("proxy")?.value ?? null,
    ignored: ignored.flatMap((key) => (settings.has(key) ? [`${key} (${settings.get(key)!.source})`] : [])),
  };
}

function configurationFiles(environment: Environment, platform: NodeJS.Platform): string[] {
  const named = environment.PIP_CONFIG_FILE ?? "";
  if (named === devNull) return [];
  const { ProgramData = "", APPDATA = "", VIRTUAL_ENV = "", CONDA_PREFIX = "", XDG_CONFIG_DIRS } = environment;
  const name = platform === "win32" ? "pip.ini" : "pip.conf";
  const home = homeFolder(environment) ?? "";
  const machine = [...(XDG_CONFIG_DIRS || "/etc/xdg").split(delimiter), "/Library/Application Support", ProgramData];
  const settings = userFolder("XDG_CONFIG_HOME", ".config", environment) ?? "";
  const user = [settings, join(home, "Library/Application Support"), APPDATA].map((folder) => join(folder, "pip"));
  const folders = [
    ...machine.map((folder) => join(folder, "pip")),
    "/etc",
    // As in pip, an own file replaces those of the user, but no others.
    ...(existsSync(named) ? [] : [join(home, platform === "win32" ? "pip" : ".pip"), ...user]),
    CONDA_PREFIX,
    VIRTUAL_ENV,
  ];
  return [...folders.filter((folder) => isAbsolute(folder)).map((folder) => join(folder, name)), named];
}

/** Settings of all sections. A line continues the one before if it is indented more. */
function readConfiguration(path: string): Setting[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8").replace(/^\uFEFF/, "");
  } catch {
    return [];
  }
  const found: Setting[] = [];
  let [section, depth, isValue] = ["", 0, false];
  for (const line of text.split(/\r?\n/)) {
    const words = line.trim();
    if (words === "" || /^[#;]/.test(words)) continue;
    const indent = line.length - line.trimStart().length;
    const last = found.at(-1);
    if (isValue && last !== undefined && indent > depth) {
      found[found.length - 1] = { ...last, value: `${last.value} ${words}`.trim() };
      continue;
    }
    depth = indent;
    section = /^\[(.+)\]/.exec(words)?.[1] ?? section;
    const [, key, value = ""] = /^([\w-]+)\s*[=:]\s*(.*)$/.exec(words) ?? [];
    isValue = key !== undefined;
    if (key === undefined) continue;
    found.push({ section, key: key.toLowerCase().replaceAll("_", "-").replace(/^--/, ""), value, source: path });
  }
  return found;
}
