/** Every command in the order of the help. Definitions only: what is heavy is imported inside `run`. */
import { alerts } from "./alerts.ts";
import { at } from "./at.ts";
import type { Command } from "./command.ts";
import { completion } from "./completion.ts";
import { config } from "./config.ts";
import { deploy } from "./deploy.ts";
import { diagnose } from "./diagnose.ts";
import { doctor } from "./doctor.ts";
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
import { reindex } from "./reindex.ts";
import { report } from "./report.ts";
import { reproduce } from "./reproduce.ts";
import { runs } from "./runs.ts";
import { schedule } from "./schedule.ts";
import { score } from "./score.ts";
import { serve } from "./serve.ts";
import { train } from "./train.ts";
import { tune } from "./tune.ts";
import { verify } from "./verify.ts";
import { why } from "./why.ts";

const lifecycle = [ingest, train, score, deploy, diagnose, report, fullprocess];
const use = [predict, explain, serve];
const watch = [monitor, alerts, labels, schedule];
const improve = [tune, reproduce];
const lookBack = [runs, models, why, predictions, lineage, at, verify, reindex];
const other = [init, config, doctor, completion];

export const commands: readonly Command[] = [...lifecycle, ...use, ...watch, ...improve, ...lookBack, ...other];
