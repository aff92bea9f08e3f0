/** /ui/runs/<id>: one run with its metrics, plots, candidates, parameters and lineage. */
import { existsSync, readFileSync } from "node:fs";
import { NAME_TAG, tagTexts, type Run } from "../../core/records/lineage.ts";
import type { PlotSpec } from "../../plots/theme.ts";
import { confusionMatrixPlot } from "../../plots/confusionMatrix.ts";
import { importancePlot } from "../../plots/bars.ts";
import { displayNumber, dateTime } from "../../plots/displayNumber.ts";
import { html, type Html, emptyNote, section } from "../../reporting/html.ts";
import { lineageBody } from "../../reporting/sections/lineageSection.ts";
import { candidateTable, parameterTable } from "../../reporting/sections/modelSection.ts";
import { metricsBody } from "../../reporting/sections/metricsSection.ts";
import { familyName } from "../../reporting/summary.ts";
import { importanceByColumn, importanceLabel, metricLabel } from "../../lifecycle/settings.ts";
import { factList, runLink, runState } from "./frame/parts.ts";
import { pageAddress, withQuery, type Page, type PageRequest } from "./frame/page.ts";
import { recordedModel, runNamed } from "./lookups.ts";
import { reportPath } from "../../lifecycle/report/report.ts";
import type { Reply } from "../http/http.ts";
import { HttpProblem } from "../http/problem.ts";

export async function runPage(request: PageRequest): Promise<Page> {
  const { session } = request;
  const run = runNamed(session, request.id);
  const names = Object.keys(run.score?.metrics ?? run.metrics);
  const about = { run, metric: run.metric, metrics: names.map((name) => metricLabel(session.config, name, run.task)) };
  const candidates = session.store.runsOfTraining(run.trainId);
  const dataset = session.store.dataset(run.datasetId) ?? session.store.dataset(run.datasetSha256) ?? null;
  return {
    title: `Run ${run.runId}`,
    area: "runs",
    body: html`<p class="crumbs"><a href="${pageAddress("runs")}">Runs</a></p>
      ${section("about", "About", aboutRun(request, run))} ${section("metrics", "Metrics", metricsBody(about))}
      ${section("plots", "Plots", await drawnPlots(request, run))}
      ${section(
        "candidates",
        "Candidates of this training",
        candidateTable(
          { ...about, candidates },
          (each, label) => html`${runLink(each.runId, each.modelVersion)}<br />${label}`,
        ),
      )}
      ${section("params", "Parameters", parameterTable(run, familyName(run.family)))}
      ${section(
        "lineage",
        "Lineage",
        lineageBody({
          dataset,
          run,
          deployment: session.store.deployments().find(({ runId }) => runId === run.runId) ?? null,
        }),
      )}`,
  };
}

function aboutRun(request: PageRequest, run: Run): Html {
  const { session } = request;
  const { threshold = null, calibration } = recordedModel(request, run) ?? {};
  const champion = session.store.deployments()[0]?.runId;
  const warnings =
    run.warnings.length > 0 &&
    html`<ul class="warning">
      ${run.warnings.map((warning) => html`<li>${warning}</li>`)}
    </ul>`;
  return html`${factList([
      ["Family", `${familyName(run.family)}${run.engine === undefined ? "" : ` (${run.engine})`}`],
      ["State", runState(run.status)],
      ["Model", run.modelVersion === null ? "not stored" : `v${run.modelVersion}`],
      ["In production", run.runId === champion ? "yes" : "no"],
      ["Trained", `${dateTime(run.createdAt)}, ${displayNumber(run.seconds, 2)} s`],
      ["Rank in its training", String(run.rank)],
      ["Task", run.task],
      ["Features", run.featureSet],
      ["Rows", `${displayNumber(run.trainingRows)} training, ${displayNumber(run.validationRows)} validation`],
      ["Seed", String(run.seed)],
      ["Threshold", threshold === null ? null : displayNumber(threshold)],
      ["Calibration", calibration?.method ?? null],
      ["Name", run.tags[NAME_TAG] ?? null],
      ["Tags", tagTexts(run).join(", ")],
      ["Note", run.note ?? null],
      ["Error", run.error ?? null],
    ])}
    ${warnings}
    <ul class="plain">
      ${existsSync(reportPath(session, run)) && html`<li><a href="${pageAddress("runs", run.runId, "report")}">Full report of this training</a></li>`}
      ${champion !== undefined && champion !== run.runId && html`<li><a href="${pageAddress("compare")}?run=${champion}&amp;run=${run.runId}">Compare with the deployed run</a></li>`}
      <li><a href="${withQuery(pageAddress("predictions"), { model: run.runId })}">Predictions of this run</a></li>
    </ul>`;
}

async function drawnPlots(request: PageRequest, run: Run): Promise<Html> {
  const { score } = run;
  const specs: (readonly [string, PlotSpec])[] = [];
  if (score?.confusionMatrix) {
    const classes = score.classReport?.map((each) => each.label) ?? score.confusionMatrix.map((_, i) => String(i));
    specs.push(["confusion-matrix", confusionMatrixPlot({ classes, matrix: score.confusionMatrix })]);
  }
  const model = recordedModel(request, run);
  if (model !== null && model.importance.length > 0) {
    const values = importanceByColumn(model);
    specs.push(["importance", importancePlot(values, importanceLabel(run.family))]);
  }
  if (specs.length === 0) return emptyNote("Nothing to plot: the run was not scored and kept no model.");
  const drawn = await Promise.all(specs.map(([id, spec]) => request.draw(id, spec)));
  return html`<div class="plots">${drawn}</div>`;
}

/** The same policy as in the report's <meta>. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export function recordedReport({ session, id }: PageRequest, reply: Reply): Reply {
  const run = runNamed(session, id);
  const path = reportPath(session, run);
  if (!existsSync(path)) {
    throw new HttpProblem("not-found", `there is no report on the training of run ${run.runId}`, {
      hint: `run \`mlctl report ${run.runId}\``,
    });
  }
  return reply
    .headers({ "content-type": "text/html; charset=utf-8", "content-security-policy": POLICY })
    .send(readFileSync(path));
}
