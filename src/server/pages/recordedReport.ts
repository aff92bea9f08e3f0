/** Sends the report that `mlctl report` wrote for a run's training. */
import { existsSync, readFileSync } from "node:fs";
import type { Run } from "../../core/records/run.ts";
import { reportPath } from "../../lifecycle/report/report.ts";
import type { Session } from "../../lifecycle/session.ts";
import type { Reply } from "../http/http.ts";
import { HttpProblem } from "../http/problem.ts";
import type { PageRequest } from "./frame/page.ts";
import { runNamed } from "./lookups.ts";

/** The same policy as in the report's <meta>. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export function hasReport(session: Session, run: Run): boolean {
  return existsSync(reportPath(session, run));
}

export function recordedReport({ session, id }: PageRequest, reply: Reply): Reply {
  const run = runNamed(session, id);
  const path = reportPath(session, run);
  if (!existsSync(path)) {
    throw new HttpProblem("not-found", `there is no report on the training of run ${run.runId}`, {
      hint: `run \`mlctl report --model ${run.runId}\``,
    });
  }
  return reply
    .headers({ "content-type": "text/html; charset=utf-8", "content-security-policy": POLICY })
    .send(readFileSync(path));
}
