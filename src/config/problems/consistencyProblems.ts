/** Checks that involve several keys, each valid on its own. */
import { dirname, resolve, sep } from "node:path";
import { addressProblem, isAddress } from "../../core/databaseAddress.ts";
import { bucketAddress } from "../../core/text/bucketAddress.ts";
import type { Config, ConfigProblem } from "../schema/schema.ts";
import { searchProblems } from "./searchProblems.ts";

const folderKeys = [
  "input_folder_path",
  "output_folder_path",
  "test_data_path",
  "output_model_path",
  "prod_deployment_path",
  "database",
] as const;

const writtenKeys = new Set<string>(["output_folder_path", "output_model_path", "prod_deployment_path", "database"]);

export function consistencyProblems(config: Config, configPath: string): ConfigProblem[] {
  return [
    ...folderProblems(config, configPath),
    ...addressProblems(config),
    ...(["id_columns", "drop_columns"] as const)
      .filter((key) => config[key].includes(config.target))
      .map((path) => ({ path, message: `found "${config.target}", which is the target` })),
    ...trainingProblems(config),
    ...searchProblems(config),
    ...limitProblems(config),
    ...aliasProblems(config),
    ...sourceProblems(config),
  ];
}

/** A step would read its own output, and restore and prune treat folders that mlctl writes as theirs. */
function folderProblems(config: Config, configPath: string): ConfigProblem[] {
  const directory = dirname(configPath);
  const seen = new Map([[identityOf(configPath), "the configuration"]]);
  const problems: ConfigProblem[] = [];
  const places = [
    ...folderKeys.filter((key) => !isAddress(config[key])).map((key) => [key, config[key]] as const),
    ["watch.folder", config.watch.folder] as const,
  ];
  for (const [key, path] of places) {
    const folder = identityOf(resolve(directory, path));
    const other = seen.get(folder);
    if (other !== undefined) problems.push({ path: key, message: `found "${path}", which ${other} already uses` });
    else if (
      writtenKeys.has(key) &&
      `${identityOf(directory)}${sep}`.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`)
    ) {
      const message = `found "${path}", which contains config.json; name a separate folder, such as "models"`;
      problems.push({ path: key, message });
    }
    seen.set(folder, key);
  }
  return problems;
}

function addressProblems({ database, artifacts, workers, ...rest }: Config): ConfigProblem[] {
  const problem = addressProblem(database);
  const problems: ConfigProblem[] = (["input_folder_path", "test_data_path"] as const)
    .filter((key) => /^\w+:\/\//.test(rest[key]))
    .map((path) => ({
      path,
      message: `is an address; name a folder, and add the address to ingest.sources${path === "test_data_path" ? ' as { "url": …, "for": "test" }' : ""}`,
    }));
  if (problem !== undefined) problems.push({ path: "database", message: `the address ${problem}` });
  if (workers.launch !== null && !isAddress(database)) {
    const message = `workers cannot reach "database", which is a file; run \`mlctl share postgres://…\` without this line`;
    problems.push({ path: "workers.launch", message });
  }
  if (artifacts === null) return problems;
  // Not repeated, because it may contain a password.
  if (bucketAddress(artifacts) === undefined)
    return [...problems, { path: "artifacts", message: "the address names no bucket; write s3://bucket/prefix" }];
  if (isAddress(database)) return problems;
  const message = `found "${artifacts}", but "database" is a file: other machines would have no records of it; run \`mlctl share postgres://… s3://…\` without this line`;
  return [...problems, { path: "artifacts", message }];
}

/** On macOS and Windows, "models" and "Models" are mostly one folder. */
function identityOf(path: string): string {
  return process.platform === "darwin" || process.platform === "win32" ? path.toLowerCase() : path;
}

function trainingProblems({ time_column, costs, promotion, monitor, train }: Config): ConfigProblem[] {
  const { split, selection, metric } = train;
  const problems: ConfigProblem[] = [];
  const add = (path: string, message: string): void => void problems.push({ path, message });
  if (split.method === "time" && time_column === null)
    add("train.split.method", 'found "time", but time_column is not set');
  if (split.method === "head" && split.rows === null)
    add("train.split.rows", 'missing, method "head" needs the number of training rows');
  if (split.cutoff !== null && split.method !== null && split.method !== "time")
    add("train.split.cutoff", `found a cutoff, but the method is "${split.method}"; did you mean "time"?`);
  if (split.method === "group" && selection.group_column === null)
    add("train.split.method", 'found "group", but train.selection.group_column, the column of groups, is not set');
  if (selection.period !== null && selection.method !== "time_series")
    add("train.selection.period", `found "${selection.period}", but only method "time_series" has periods`);
  // Without a split method, mlctl looks for a date in whose order the rows are.
  if (selection.method === "time_series" && time_column === null && split.method !== null)
    add("train.selection.method", 'found "time_series", but time_column is not set');
  if (selection.method === "group_k_fold" && selection.group_column === null)
    add("train.selection.group_column", 'missing, method "group_k_fold" needs the column of groups');
  const { currency: _, ...values } = costs ?? { currency: null };
  const [alarm, miss] = [costs?.false_positive ?? 0, costs?.false_negative ?? 0];
  if (alarm < 0 && miss < 0)
    add("costs", `both mistakes are gains (${alarm} and ${miss}); write what they cost as positive numbers`);
  if (costs !== null && Object.values(values).every((value) => value === 0))
    add("costs", 'all costs are 0; set "false_positive", "false_negative", …');
  if (costs !== null) return problems;
  // By name: config does not know the metrics.
  const noCosts = 'found "cost", but "costs" is not set';
  if (metric === "cost") add("train.metric", noCosts);
  if (promotion.require["cost"] !== undefined) add("promotion.require.cost", noCosts);
  if (monitor.require["cost"] !== undefined) add("monitor.require.cost", noCosts);
  return problems;
}

function limitProblems(config: Config): ConfigProblem[] {
  const limits = {
    "ingest.expect.columns": config.ingest.expect.columns,
    "promotion.require": config.promotion.require,
    "monitor.require": config.monitor.require,
  };
  return Object.entries(limits).flatMap(([path, byName]) =>
    Object.entries(byName)
      .filter(([, { min = -Infinity, max = Infinity } = {}]) => min > max)
      .map(([name, limit]) => ({
        path: `${path}.${name}`,
        message: `found min ${limit?.min} above max ${limit?.max}`,
      })),
  );
}

/** An alias refers to one run, so it may be listed only once. */
function aliasProblems({ promotion }: Config): ConfigProblem[] {
  const seen = new Map<string, string>();
  return (["aliases", "top", "always_alias"] as const).flatMap((key) =>
    promotion[key].flatMap((name, i) => {
      const other = seen.get(name);
      seen.set(name, other ?? `promotion.${key}`);
      if (other === undefined) return [];
      return [{ path: `promotion.${key}.${i}`, message: `found "${name}", which ${other} already uses` }];
    }),
  );
}

const KINDS = { "https:": "https", "http:": "https", "s3:": "s3", "postgres:": "postgres", "postgresql:": "postgres" };
const SETTINGS = {
  headers: "https",
  paging: "https",
  pattern: "s3",
  query: "postgres",
  watermark: "postgres",
} as const;

/** The messages repeat no address, because it may contain a password. */
function sourceProblems({ ingest }: Pick<Config, "ingest">): ConfigProblem[] {
  return ingest.sources.flatMap((source, i) => {
    const at = `ingest.sources.${i}`;
    const { url, for: _for, ...settings } = typeof source === "string" ? { url: source, for: null } : source;
    const kind = KINDS[(/^\w+:(?=\/\/)/.exec(url)?.[0] ?? "") as keyof typeof KINDS];
    const path = typeof source === "string" ? at : `${at}.url`;
    if (kind === undefined)
      return [
        { path, message: "is not an address; allowed https://…, s3://bucket/prefix, postgres://user@host/database" },
      ];
    const query = (settings as { readonly query?: string | null }).query ?? null;
    if (kind === "postgres" && query === null)
      return [{ path: `${at}.query`, message: "missing, postgres:// needs the SELECT whose rows are read" }];
    return Object.entries(settings).flatMap(([key, value]) => {
      const needed = SETTINGS[key as keyof typeof SETTINGS];
      const isSet = value !== null && Object.keys(value as object).length > 0;
      return isSet && needed !== kind
        ? [{ path: `${at}.${key}`, message: `only sources of ${needed}:// have it` }]
        : [];
    });
  });
}

const HOW = "make one with `openssl rand -hex 32`";

export function tokenProblems({ serve: { token, tokens } }: Pick<Config, "serve">): ConfigProblem[] {
  const given = [
    ["serve.token", token] as const,
    ...tokens.map((each, i) => [`serve.tokens.${i}.token`, each.token] as const),
  ];
  return given.flatMap(([path, text], i) => {
    if (text === null) return [];
    const twin = given.findIndex(([, other]) => other === text);
    const message =
      twin < i ? `the same token as ${given[twin]![0]}; each caller needs one of its own` : weakness(text);
    return message === undefined ? [] : [{ path, message }];
  });
}

function weakness(text: string): string | undefined {
  if (/^\$\w+$/.test(text)) return `found the name of a variable; write it as "\${${text.slice(1)}}"`;
  if (/^[!-~]{16,}$/.test(text)) return undefined;
  const found = text.length < 16 ? `found ${text.length} characters` : "found blanks or other characters than ASCII";
  return `${found}; a token has at least 16 letters, digits and special characters: ${HOW}`;
}
