/** All commands by group, in the order of the help. Only definitions: heavy modules are imported inside `run`. */
import { alerts } from "./alerts.ts";
import { monitor } from "./monitor.ts";
import { apicalls, serve } from "./serve.ts";
import { at, lineage, reproduce } from "./lineage.ts";
import type { Command } from "./command.ts";
import { backup, restore, share, prune, reindex } from "./backup.ts";
import { completion } from "./completion.ts";
import { config } from "./config.ts";
import { deploy, score } from "./deploy.ts";
import { diagnose, doctor, verify } from "./diagnose.ts";
import { engine, worker, workers } from "./workers.ts";
import { explain } from "./explain.ts";
import { fullprocess, report } from "./report.ts";
import { ingest } from "./ingest.ts";
import { init, split } from "./init.ts";
import { labels, predictions } from "./labels.ts";
import { models } from "./models.ts";
import { predict } from "./predict.ts";
import { runs } from "./runs.ts";
import { schedule } from "./schedule.ts";
import { train, tune } from "./train.ts";
import { watch } from "./watch.ts";
import { why } from "./why.ts";

export const commandGroups = {
  Lifecycle: [ingest, train, score, deploy, diagnose, report, fullprocess],
  Predict: [predict, explain, serve, apicalls],
  Monitor: [monitor, watch, alerts, labels, schedule],
  Improve: [tune, reproduce, worker, workers],
  Inspect: [runs, models, why, predictions, lineage, at, verify, reindex],
  Other: [init, split, config, doctor, engine, prune, share, backup, restore, completion],
} satisfies Readonly<Record<string, readonly Command[]>>;

export const commands: readonly Command[] = Object.values(commandGroups).flat();
