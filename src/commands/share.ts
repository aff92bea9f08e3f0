/** `mlctl share`: moves the records of a workspace to Postgres, or back to its folders. */
import { MlctlError } from "../core/errors.ts";
import { counted } from "../core/text/format.ts";
import { defineCommand, type Command } from "./command.ts";
import { sharedOptions } from "./globalOptions.ts";
import { openConfig, writingOptions } from "./openWorkspaceOf.ts";

export const share = defineCommand({
  name: "share",
  group: "Other",
  summary: "keep records and predictions in Postgres, and the files in a bucket, where several machines share them",
  details:
    'Moves the records of datasets, runs, deployments, aliases, searches, monitoring and jobs, the prediction log with its labels, and the state of alerts and schedules to the database and sets "database" in config.json; with --folder, it moves them back: stop servers of other machines first. The bytes of each record stay the same, and no command changes. The password comes from PGPASSWORD or ~/.pgpass. The views run, metric, deployment, monitor_value, prediction and prediction_hour are for Grafana and other programs; deploy/grafana/postgres.json is a dashboard over them. Models and datasets stay in the folders, which the machines have to share, or go to a bucket as well: then another machine needs config.json alone, and gets each file when it is needed. The credentials of the bucket and AWS_ENDPOINT_URL come from the environment, as for every program of AWS. Connect to the server itself or to a pooler in session mode, because the lock of the workspace is a session\'s.',
  arguments: [
    { name: "[address]", description: "postgres://user@host/database, with ?workspace=NAME for a second one there" },
    { name: "[artifacts]", description: "s3://bucket/prefix, for machines without a common folder" },
  ],
  options: {
    folder: { flags: "--folder", description: "move the records back to the folders" },
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
    const [{ openWorkspace }, step] = await Promise.all([
      import("../lifecycle/workspace.ts"),
      import("../lifecycle/share/share.ts"),
    ]);
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
