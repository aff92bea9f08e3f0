/** `mlctl engine`: installs, lists and removes the native XGBoost library of this user. */
import type { View } from "../core/view.ts";
import type { ListResult } from "../lifecycle/engine/engine.ts";
import { defineCommand, type Command } from "./command.ts";

const install = defineCommand({
  name: "install",
  summary: "install the native XGBoost, several times as fast as the built-in WebAssembly",
  details:
    "Downloads the XGBoost wheel from the package index that pip uses (PIP_INDEX_URL, pip's configuration, else PyPI), verifies its checksum, and extracts libxgboost into your data folder. Needs no Python and changes nothing else. This is the only command that downloads a program.",
  options: {
    from: {
      flags: "--from <file>",
      description: "local wheel of xgboost or xgboost-cpu, for machines without network access",
    },
  },
  examples: [
    ["mlctl engine install", "from the package index"],
    ["mlctl engine install --from xgboost_cpu-3.2.0-py3-none-manylinux_2_28_x86_64.whl", "from a file"],
  ],
  async run({ options, context }) {
    const step = await import("../lifecycle/engine/engine.ts");
    const result = await step.installEngine(options.from, context);
    const { status, version, library, sha256 } = result;
    const view: View = {
      title: status === "installed" ? `installed XGBoost ${version}` : `XGBoost ${version} is already installed`,
      fields: [["library", library], ...(sha256 === null ? [] : [["sha256 of the wheel", sha256] as const])],
    };
    return { result, view };
  },
}) satisfies Command;

const list = defineCommand({
  name: "list",
  summary: "show which XGBoost library trains here, and why",
  examples: [
    ["mlctl engine list", "the library in use"],
    ["mlctl engine list --json | jq -r .engine", "native or wasm"],
  ],
  async run() {
    const { listEngines } = await import("../lifecycle/engine/engine.ts");
    const result = await listEngines();
    return { result, view: listView(result) };
  },
}) satisfies Command;

const remove = defineCommand({
  name: "remove",
  summary: "remove the libraries that `mlctl engine install` installed",
  arguments: [{ name: "[version]", description: "only this version of XGBoost" }],
  examples: [
    ["mlctl engine remove", "all versions"],
    ["mlctl engine remove 3.2.0", "one of them"],
  ],
  async run({ args }) {
    const { removeEngines } = await import("../lifecycle/engine/engine.ts");
    const result = removeEngines(args[0]);
    const versions = result.removed.map(({ version }) => version).join(", ");
    const nothing = "nothing to remove: no engine is installed";
    return { result, view: { title: versions === "" ? nothing : `removed XGBoost ${versions}` } };
  },
}) satisfies Command;

export const engine = defineCommand({
  name: "engine",
  group: "Other",
  summary: "install, list or remove the native XGBoost",
  subcommands: [install, list, remove],
  examples: [
    ["mlctl engine install", "download it"],
    ["mlctl engine list", "the library in use, and why"],
  ],
}) satisfies Command;

function listView({ used, refused, available }: ListResult): View {
  const rows = [
    ...(used === null ? [] : [["used", used.version, used.origin, used.path]]),
    ...refused.map(({ origin, path, reason }) => ["refused", "", origin, `${path}: ${reason}`]),
  ];
  const get = available === null ? {} : { next: `\`mlctl engine install\` installs XGBoost ${available}` };
  return {
    title: used === null ? "XGBoost trains in WebAssembly" : `XGBoost ${used.version} trains natively`,
    ...(rows.length === 0
      ? {}
      : { tables: [{ columns: ["status", "version", "found by", { header: "library", overflow: "wrap" }], rows }] }),
    ...(used === null ? get : {}),
  };
}
