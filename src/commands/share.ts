/** `mlctl share`: moves the records of a workspace to Postgres, or back to its folders. */
import { MlctlError } from "../core/errors.ts";
import { defineCommand, type Command } from "./command.ts";
import { sharedOptions } from "./globalOptions.ts";
import { openConfig, writingOptions } from "./openWorkspaceOf.ts";

export const share = defineCommand({
  name: "share",
  group: "Other",
  summary: "keep the records in Postgres, where several machines share them",
  details:
    'Moves the records of datasets, runs, deployments, aliases, searches, monitoring and jobs to the database and sets "database" in config.json; with --folder, it moves them back. The bytes of each record stay the same, and no command changes. The password comes from PGPASSWORD or ~/.pgpass. The views run, metric, deployment and monitor_value are for Grafana and other programs. Models and datasets stay in the folders, which the machines have to share. Connect to the server itself or to a pooler in session mode, because the lock of the workspace is a session\'s.',
  arguments: [
    { name: "[address]", description: "postgres://user@host/database, with ?workspace=NAME for a second one there" },
  ],
  options: {
    folder: { flags: "--folder", description: "move the records back to the folders" },
    wait: sharedOptions.wait,
  },
  examples: [
    ["PGPASSWORD=… mlctl share postgres://mlctl@db/ml", "from now on, every machine with this folder works in it"],
    ["mlctl share postgres://mlctl@db/ml?workspace=churn", "one of several workspaces in a database"],
    ["mlctl share --folder", "back to record files"],
  ],
  async run(invocation) {
    const { args, options, environment, context } = invocation;
    const [address] = args;
    if ((address === undefined) !== options.folder) {
      throw new MlctlError("usage", "name the address of a database, or --folder", {
        hint: "see `mlctl share --help`",
      });
    }
    const loaded = await openConfig(invocation);
    const source = loaded.sourceOf("database") ?? "";
    if (!source.includes(":")) {
      throw new MlctlError("usage", `${source} sets "database", not config.json`, { hint: "unset it first" });
    }
    const [{ openWorkspace }, step] = await Promise.all([
      import("../lifecycle/workspace.ts"),
      import("../lifecycle/share/share.ts"),
    ]);
    const workspace = openWorkspace(loaded, context);
    const writes = writingOptions("share", options.wait);
    const result =
      address === undefined
        ? await step.shareInFolder(workspace, writes)
        : await step.shareInPostgres(workspace, address, { ...writes, environment });
    const { records, database, notes } = result;
    const count = records === 1 ? "1 record" : `${records} records`;
    const title = address === undefined ? `moved ${count} to the folders` : `moved ${count} to ${database}`;
    return { result, view: { title, notes } };
  },
}) satisfies Command;
