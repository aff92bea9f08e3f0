/** `mlctl worker`, `workers` and `engine`: where fits run, on other machines and in the native XGBoost. */
import { availableParallelism } from "node:os";
import { dirname } from "node:path";
import { MlctlError } from "../core/errors.ts";
import { counted } from "../core/text/format.ts";
import type { View } from "../core/view.ts";
import type { ListResult } from "../lifecycle/engine/engine.ts";
import type { FilePool } from "../lifecycle/workers/pools.ts";
import { defineCommand, type Command } from "./command.ts";
import { openWorkspaceOf } from "./openWorkspaceOf.ts";
import { tableOf } from "./views/tableOf.ts";

export const workers = defineCommand({
  name: "workers",
  summary: "list the workers of a shared workspace, and what each does",
  details:
    "A worker is listed while its connection to the database lives. One with another version than this machine gets nothing of what is started here.",
  examples: [
    ["mlctl workers", "host, process, threads and tasks of each"],
    ["mlctl workers --json | jq '[.workers[].threads] | add'", "number of threads that help"],
  ],
  async run(invocation) {
    const workspace = await openWorkspaceOf(invocation);
    const { livingWorkers } = await import("../lifecycle/workers/worker.ts");
    const result = await livingWorkers(workspace);
    const table = tableOf(result.workers, [
      ["host", ({ host }) => host],
      ["pid", ({ pid }) => pid],
      ["threads", ({ threads }) => threads],
      ["version", ({ version, helps }) => (helps ? version : `${version}, other than here`)],
      ["since", ({ since }) => since],
      [{ header: "does", overflow: "wrap" }, ({ tasks }) => tasks.join(", ")],
    ]);
    const view = {
      title: `${counted(result.workers.length, "worker")}; this machine has ${result.version}`,
      tables: [table],
      next: result.workers.length === 0 && "`mlctl worker` on this or another machine",
    };
    return { result, view };
  },
}) satisfies Command;

export const worker = defineCommand({
  name: "worker",
  summary: "help commands of a shared workspace that run on other machines",
  details:
    "Does fits of `mlctl tune`, `train` and `reproduce`, and files of `mlctl predict s3://… -o s3://…`. The workspace has to be shared (`mlctl share postgres://…`); a folder with the same `database` and `artifacts` in config.json is enough. A command offers its work to all workers of the workspace and also works itself, so that workers may come and go: the result is the same. A worker with another version of mlctl, Node.js or libxgboost gets nothing. What a worker that is killed was doing is done by others.",
  options: {
    threads: ["--threads <count>", "number of threads (default: one per core)", { type: "integer" }],
    idle: ["--idle <time>", "end after this long without work, e.g. 10m", { type: "duration" }],
    print: [
      "--print <launcher>",
      "print what starts workers instead: a Kubernetes Job or Deployment, a Slurm job array, a command for workers.launch",
      { choices: ["kubernetes", "deployment", "slurm", "command"] },
    ],
    count: ["--count <number>", "number of workers that --print starts", { type: "integer", setting: "workers.count" }],
  },
  examples: [
    ["mlctl worker", "until Ctrl-C"],
    ["mlctl worker --threads 8 --idle 10m", "of a job in a cluster"],
    ["mlctl worker --print slurm --count 8 | sbatch", "eight of them as a Slurm job array"],
    ["mlctl worker --print kubernetes --threads 4 | kubectl apply -f -", "as an Indexed Job of Kubernetes"],
  ],
  async run(invocation) {
    const { idle, print } = invocation.options;
    const { threads = print === undefined ? availableParallelism() : 1 } = invocation.options;
    if (threads < 1) throw new MlctlError("usage", `--threads is ${threads}, must be at least 1`);
    const workspace = await openWorkspaceOf(invocation);
    if (print !== undefined) {
      const { workerFile } = await import("../automation/workers/workerFiles.ts");
      const { config, configPath } = workspace;
      const how = { config, directory: dirname(configPath), count: config.workers.count, threads };
      return { text: workerFile(print, { ...how, idle: `${(idle ?? 600_000) / 1000}s` }) };
    }
    const { worker: work } = await import("../lifecycle/workers/worker.ts");
    const { filePoolOf } = await import("../lifecycle/predict/predictFiles.ts");
    const files: FilePool = (given, signal) => filePoolOf(workspace, given, signal);
    const result = await work(workspace, { threads, idle, files });
    const { tasks, failed } = result;
    return { result, view: { title: `did ${counted(tasks, "task")}${failed === 0 ? "" : `, ${failed} failed`}` } };
  },
}) satisfies Command;

const install = defineCommand({
  name: "install",
  summary: "install the native XGBoost, several times as fast as the built-in WebAssembly",
  details:
    "Downloads the XGBoost wheel from the package index that pip uses (PIP_INDEX_URL, pip.conf, else PyPI), through its proxy and with its certificates (PIP_PROXY, PIP_CERT, pip.conf, HTTPS_PROXY, HTTP_PROXY, SSL_CERT_FILE), verifies its checksum, and extracts libxgboost into your data folder. Needs no Python and changes nothing else. This is the only command that downloads a program.",
  options: {
    from: ["--from <file>", "local wheel of xgboost or xgboost-cpu, for machines without network access"],
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
      fields: [["library", library], sha256 !== null && ["sha256 of the wheel", sha256]],
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
  arguments: [["[version]", "only this version of XGBoost"]],
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
  return {
    title: used === null ? "XGBoost trains in WebAssembly" : `XGBoost ${used.version} trains natively`,
    tables: [{ columns: ["status", "version", "found by", { header: "library", overflow: "wrap" }], rows }],
    next: used === null && available !== null && `\`mlctl engine install\` installs XGBoost ${available}`,
  };
}
