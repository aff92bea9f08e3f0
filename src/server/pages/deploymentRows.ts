/** Deployments as a table, newest first. */
import type { Deployment } from "../../core/records/deployment.ts";
import { displayNumber } from "../../plots/displayNumber.ts";
import { dataTable, numeric } from "../../reporting/dataTable.ts";
import { dateTime } from "../../reporting/dateTime.ts";
import type { Html } from "../../reporting/html.ts";
import { runLink } from "./frame/parts.ts";

/** @param total the number of all deployments, if only some are shown */
export function deploymentRows(deployments: readonly Deployment[], total = deployments.length): Html {
  const rest = total > deployments.length ? `, the newest ${deployments.length} of ${displayNumber(total)}` : "";
  return dataTable({
    caption: `Deployments, newest first${rest}`,
    columns: ["Number", "When", "Action", "Run", numeric("Score"), "Reasons"],
    rows: deployments.map(({ deploymentId, deployedAt, action, runId, metric, value, reasons, prunedAt }) => ({
      cells: [
        String(deploymentId),
        dateTime(deployedAt),
        prunedAt === undefined ? action : `${action}, pruned`,
        runLink(runId),
        `${metric} ${displayNumber(value)}`,
        reasons.join("; "),
      ],
    })),
  });
}
