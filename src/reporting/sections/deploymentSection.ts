/** Deployment: the deployed model, earlier deployments and the history of scores. */
import type { Deployment } from "../../core/records/deployment.ts";
import { displayNumber } from "../../plots/displayNumber.ts";
import { scoreHistoryPlot } from "../../plots/scoreHistory.ts";
import { dataTable, numeric } from "../dataTable.ts";
import { dateTime } from "../dateTime.ts";
import { html, type Html } from "../html.ts";
import type { DrawFigure } from "../plotFigure.ts";
import type { ReportInput } from "../reportInput.ts";
import { emptyNote, section } from "../section.ts";
import { mainMetric } from "../summary.ts";

export async function deploymentSection(input: ReportInput, draw: DrawFigure): Promise<Html> {
  return section("deployment", "Deployment", html`${current(input)} ${await history(input, draw)} ${past(input)}`);
}

function current({ deployment, run }: ReportInput): Html {
  if (deployment === null) return emptyNote("No model is deployed. Run mlctl deploy to deploy the best one.");
  const { deploymentId, deployedAt, runId, aliases } = deployment;
  const names = aliases.length === 0 ? "" : `, known as ${aliases.join(", ")}`;
  const which = runId === run.runId ? "the model of this report" : `run ${runId}, not the model of this report`;
  return html`<p>In production since ${dateTime(deployedAt)} (deployment ${deploymentId}${names}): ${which}.</p>`;
}

async function history(input: ReportInput, draw: DrawFigure): Promise<Html> {
  const { history: points } = input;
  const { label, greaterIsBetter } = mainMetric(input);
  if (points.length === 0) return emptyNote("No run was scored yet, so there is no score history.");
  if (points.length === 1) return emptyNote("Only one run was scored. The score history appears once there are two.");
  return html`<div class="plots">
    ${await draw("score-history", scoreHistoryPlot({ metric: label, greaterIsBetter, points }))}
  </div>`;
}

function past({ deployments }: ReportInput): Html | null {
  if (deployments.length === 0) return null;
  const { columns, rows } = deploymentTable(deployments.toReversed(), (runId) => html`<code>${runId}</code>`);
  const marked = rows.map((row, place) => ({ ...row, marked: place === 0 }));
  return dataTable({ caption: "Deployments, newest first", columns, rows: marked, limit: 20 });
}

export function deploymentTable(deployments: readonly Deployment[], run: (runId: string) => Html) {
  return {
    columns: ["Number", "When", "Action", "Run", numeric("Score"), "Reasons"],
    rows: deployments.map(({ deploymentId, deployedAt, action, runId, metric, value, reasons, prunedAt }) => ({
      cells: [
        String(deploymentId),
        dateTime(deployedAt),
        prunedAt === undefined ? action : `${action}, pruned`,
        run(runId),
        `${metric} ${displayNumber(value)}`,
        reasons.join("; "),
      ],
    })),
  };
}
