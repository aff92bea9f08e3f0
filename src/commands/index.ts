/** All commands in the order of the help. Only definitions: heavy modules are imported inside `run`. */
import { alerts } from "./alerts.ts";
import { apicalls } from "./apicalls.ts";
import { at } from "./at.ts";
import type { Command } from "./command.ts";
import { backup } from "./backup.ts";
import { completion } from "./completion.ts";
import { config } from "./config.ts";
import { deploy } from "./deploy.ts";
import { diagnose } from "./diagnose.ts";
import { doctor } from "./doctor.ts";
import { engine } from "./engine.ts";
import { explain } from "./explain.ts";
import { fullprocess } from "./fullprocess.ts";
import { ingest } from "./ingest.ts";
import { init } from "./init.ts";
import { labels } from "./labels.ts";
import { lineage } from "./lineage.ts";
import { models } from "./models.ts";
import { monitor } from "./monitor.ts";
import { predict } from "./predict.ts";
import { predictions } from "./predictions.ts";
import { prune } from "./prune.ts";
import { reindex } from "./reindex.ts";
import { report } from "./report.ts";
import { reproduce } from "./reproduce.ts";
import { restore } from "./restore.ts";
import { runs } from "./runs.ts";
import { schedule } from "./schedule.ts";
import { score } from "./score.ts";
import { serve } from "./serve.ts";
import { share } from "./share.ts";
import { split } from "./split.ts";
import { train } from "./train.ts";
import { tune } from "./tune.ts";
import { verify } from "./verify.ts";
import { watch } from "./watch.ts";
import { why } from "./why.ts";
import { worker } from "./worker.ts";
import { workers } from "./workers.ts";

export const commands: readonly Command[] = [
  [ingest, train, score, deploy, diagnose, report, fullprocess],
  [predict, explain, serve, apicalls],
  [monitor, watch, alerts, labels, schedule],
  [tune, reproduce, worker, workers],
  [runs, models, why, predictions, lineage, at, verify, reindex],
  [init, split, config, doctor, engine, prune, share, backup, restore, completion],
].flat();
