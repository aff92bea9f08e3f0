/** `mlctl backup`, `restore`, `share`, `prune` and `reindex`: the files and records of a workspace. */
import { existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { VARIABLES_FILE } from "../config/variablesFile.ts";
import { workspaceOf } from "../config/workspaceOf.ts";
import { MlctlError } from "../core/errors.ts";
import { formatBytes, counted, shortTime } from "../core/text/format.ts";
import type { View } from "../core/view.ts";
import { defineCommand, sharedOptions, type Command } from "./command.ts";
import { inSession, inWorkspace, openBoth, openConfig, openWorkspaceOf, writingOptions } from "./openWorkspaceOf.ts";
import { tableOf } from "./views/tableOf.ts";

export const backup = defineCommand({
  name: "backup",
  summary: "save records, artifacts and predictions in one archive",
  details:
    "Writes a .tgz with the checksum of every file, and checks the recorded ones: one that is missing or changed is a warning, because the others are saved; `mlctl verify` exits 3 then. Other commands that write have to wait; servers go on. Input files, test data and the folder of `mlctl watch` are included only with --inputs.",
  arguments: [["[file]", "archive to write (default: backup_<time>.tar.gz in the workspace)"]],
  options: {
    inputs: ["--inputs", "include the input folder, the test data and watch.folder"],
    wait: sharedOptions.wait,
  },
  examples: [
    ["mlctl backup", "into the workspace"],
    ["mlctl backup /mnt/nas/churn.tar.gz --inputs", "with all data, to another disk"],
    ["mlctl restore /mnt/nas/churn.tar.gz elsewhere", "restore it"],
  ],
  async run(invocation) {
    const { loaded, workspace } = await openBoth(invocation);
    const step = await import("../lifecycle/backup/backup.ts");
    const { inputs, wait } = invocation.options;
    step.refuseShared(workspaceOf(loaded));
    const merged = loaded.bases.length === 0 ? undefined : loaded.merged;
    const options = { output: invocation.args[0], inputs, merged };
    const result = await inSession(workspace, writingOptions("backup", wait), (session) =>
      step.backup(session, options),
    );
    const { path, bytes, files, contentBytes, damaged, sha256 } = result;
    for (const name of damaged) {
      const message = `${name} is missing or changed, also in the backup`;
      workspace.context.emit({ type: "warning", stage: "backup", message, hint: "run `mlctl verify`" });
    }
    const bases = loaded.bases.map((base) => `config.json extends ${base}: the backup has both as one config.json`);
    const variables = join(loaded.directory, VARIABLES_FILE);
    const without = `${VARIABLES_FILE} is not in the backup, because it has secrets: copy it to the restored folder yourself`;
    const secrets = existsSync(variables) ? [`${without} (cp -p ${variables} <new folder>)`] : [];
    const view: View = {
      title: `wrote ${files} files (${formatBytes(contentBytes)}) to ${path} (${formatBytes(bytes)})`,
      fields: Object.entries({ file: path, sha256 }),
      notes: [...loaded.plainSecrets, ...bases, ...secrets],
      next: `\`mlctl restore ${path} <new folder>\` restores it`,
    };
    return { result, view };
  },
}) satisfies Command;

export const restore = defineCommand({
  name: "restore",
  summary: "restore a workspace from a backup, verifying every file",
  details:
    "The folder must not exist, or be empty; it appears when every file matches its checksum. To replace a workspace, restore into a new folder, then rename both. Folders outside the workspace are not restored: unpack those with `tar -xzf`.",
  arguments: [
    ["<file>", "archive written by `mlctl backup`"],
    ["[folder]", "new workspace (default: the current folder, or that of -C)"],
  ],
  examples: [
    ["mlctl restore backup.tar.gz restored", "into a new folder"],
    ["mlctl restore backup.tar.gz new && mv old older && mv new old", "in place of a workspace"],
  ],
  async run(invocation) {
    const { args, global, environment, context } = invocation;
    const step = await import("../lifecycle/backup/restore.ts");
    const [archive, folder] = [resolve(args[0]!), resolve(global.directory, args[1] ?? ".")];
    const result = await step.restore({ archive, folder, environment }, context);
    const { config, files, createdAt, records, damaged, absent } = result;
    const name = basename(config);
    const named = name === "config.json" ? "" : `-c ${/\s/.test(name) ? JSON.stringify(name) : name} `;
    const places = absent.map(({ path }) => path).join(" and ");
    const copied = `copy the data to ${places}, or change ${absent.map(({ key }) => key).join(" and ")} in ${name}; then `;
    const next = `${absent.length > 0 ? copied : ""}run \`mlctl ${named}doctor\`, then \`mlctl ${named}schedule install\` if jobs should run here`;
    for (const path of damaged)
      context.emit({ type: "warning", stage: "restore", message: `${path} was damaged when the backup was made` });
    const view: View = {
      title: `restored ${files} files from ${createdAt} to ${folder}: ${records} records`,
      fields: [["folder", folder]],
      notes: [absent.length > 0 && `not in the backup, and not here: ${places}`],
      next,
    };
    return { result: { ...result, next }, view };
  },
}) satisfies Command;

export const share = defineCommand({
  name: "share",
  summary: "keep records and predictions in Postgres, and the files in a bucket, where several machines share them",
  details:
    'Moves the records of datasets, runs, deployments, aliases, searches, monitoring and jobs, the prediction log with its labels, and the state of alerts and schedules to the database and sets "database" in config.json; with --folder, it moves them back: stop servers of other machines first. The bytes of each record stay the same, and no command changes. The password comes from PGPASSWORD or ~/.pgpass. The views run, metric, deployment, monitor_value, prediction and prediction_hour are for Grafana and other programs; deploy/grafana/postgres.json is a dashboard over them. Models and datasets stay in the folders, which the machines have to share, or go to a bucket as well: then another machine needs config.json alone, and gets each file when it is needed. The credentials of the bucket and AWS_ENDPOINT_URL come from the environment, as for every program of AWS. Connect to the server itself or to a pooler in session mode, because the lock of the workspace is a session\'s.',
  arguments: [
    ["[address]", "postgres://user@host/database, with ?workspace=NAME for a second one there"],
    ["[artifacts]", "s3://bucket/prefix, for machines without a common folder"],
  ],
  options: {
    folder: ["--folder", "move the records back to the folders"],
    wait: sharedOptions.wait,
  },
  examples: [
    ["PGPASSWORD=… mlctl share postgres://mlctl@db/ml", "from now on, every machine with this folder works in it"],
    ["mlctl share postgres://mlctl@db/ml?workspace=churn", "one of several workspaces in a database"],
    ["mlctl share postgres://mlctl@db/ml s3://bucket/churn", "models and datasets are in the bucket, too"],
    ["mlctl share --folder", "back to record files, with all files in the folders"],
  ],
  async run(invocation) {
    const { args, options, environment, context } = invocation;
    const [address, artifacts] = args;
    if ((address === undefined) !== options.folder) {
      throw new MlctlError("usage", "name the address of a database, or --folder", {
        hint: "see `mlctl share --help`",
      });
    }
    const loaded = await openConfig(invocation);
    for (const key of ["database", "artifacts"]) {
      const source = loaded.sourceOf(key) ?? "";
      if (!source.includes(":"))
        throw new MlctlError("usage", `${source} sets "${key}", not config.json`, { hint: "unset it first" });
    }
    const { openWorkspace } = await import("../lifecycle/workspace.ts");
    const step = await import("../lifecycle/share/share.ts");
    const workspace = openWorkspace(loaded, context);
    const writes = writingOptions("share", options.wait);
    const result =
      address === undefined
        ? await step.shareInFolder(workspace, writes)
        : await step.shareInPostgres(workspace, address, { ...writes, environment, artifacts });
    const { records, predictions, database, notes } = result;
    const count = counted(records, "record");
    const what = predictions === 0 ? count : `${count} and ${counted(predictions, "prediction")}`;
    const title = `moved ${what} to ${address === undefined ? "the folders" : database}`;
    return { result, view: { title, notes } };
  },
}) satisfies Command;

export const prune = defineCommand({
  name: "prune",
  summary: "delete old datasets, models and reports that nothing references",
  details:
    "`retention` in config.json says what to keep. Never deleted: the production deployment, the newest three deployments and the targets of the next two rollbacks, the records of all deployments, models of kept deployments, models with an alias or a note, models of logged predictions, the newest of each kind, and the datasets of kept models. Also deletes old release copies and records, never backups. The prediction log follows serve.log.retention.",
  options: { dryRun: sharedOptions.dryRun, wait: sharedOptions.wait },
  examples: [
    ["mlctl prune --dry-run", "what would be deleted, with sizes"],
    ["mlctl prune", "delete it"],
    ["mlctl prune --dry-run --json | jq '.kinds[] | {kind, removed, kept}'", "the number of each kind"],
    ["MLCTL_RETENTION_MODELS_KEEP=5 MLCTL_RETENTION_MODELS_DAYS=7 mlctl prune", "keep fewer models, this time"],
  ],
  async run(invocation) {
    const { dryRun } = invocation.options;
    const step = await import("../lifecycle/prune/prune.ts");
    const result = await inWorkspace(invocation, dryRun ? "read" : { write: "prune" }, (session) =>
      step.prune(session, { dryRun }),
    );
    const { items, bytes, kinds } = result;
    if (items.length === 0)
      return { result, view: { title: "nothing to prune: everything is recent or still referenced" } };
    const what = `${counted(items.length, "item")}, ${formatBytes(bytes)}`;
    const chosen = tableOf(items, [
      ["kind", ({ kind }) => kind],
      ["name", ({ id }) => id],
      ["created", ({ createdAt }) => shortTime(createdAt)],
      [{ header: "size", align: "right" }, (item) => formatBytes(item.bytes)],
    ]);
    const found = kinds.filter(({ removed, kept }) => removed + kept > 0);
    const total = tableOf(found, [
      ["kind", ({ kind }) => kind],
      [dryRun ? "to delete" : "deleted", ({ removed }) => removed],
      ["kept", ({ kept }) => kept],
      [{ header: "size", align: "right" }, (kind) => formatBytes(kind.bytes)],
    ]);
    const view: View = {
      title: dryRun ? `would delete ${what}` : `deleted ${what}`,
      tables: [chosen, { title: "total", ...total }],
      next: dryRun && "`mlctl prune` deletes them",
    };
    return { result, view };
  },
}) satisfies Command;

export const reindex = defineCommand({
  name: "reindex",
  summary: "rebuild the SQLite store from the record files",
  details:
    "The record files are the source of truth, and the store is an index of them: use this after a copy, a merge or damage. A damaged store is moved away, not deleted.",
  options: { wait: sharedOptions.wait },
  examples: [
    ["mlctl reindex", "after the store was damaged or deleted"],
    ["rsync -a cluster:/srv/churn/ . && mlctl reindex", "a workspace from another machine"],
  ],
  async run(invocation) {
    const workspace = await openWorkspaceOf(invocation);
    const step = await import("../lifecycle/health/verify.ts");
    const result = await step.reindex(workspace, writingOptions("reindex", invocation.options.wait));
    const notes = result.problems.map(({ path, error }) => `${path}: ${error.message}`);
    const moved = result.setAside !== null && `the damaged store was moved to ${result.setAside}`;
    const view = { title: `indexed ${result.records} records`, notes: [moved, ...notes] };
    return { result: { ...result, problems: notes }, view };
  },
}) satisfies Command;
