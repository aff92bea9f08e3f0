/** Writes the report as one HTML file that loads no other files and runs no scripts. */
import { dateTime } from "./dateTime.ts";
import { html, htmlText, trusted, type Html } from "./html.ts";
import { plotFigure, type DrawFigure } from "./plotFigure.ts";
import type { ReportInput } from "./reportInput.ts";
import { cardSection } from "./sections/cardSection.ts";
import { dataSection } from "./sections/dataSection.ts";
import { deploymentSection } from "./sections/deploymentSection.ts";
import { driftSection } from "./sections/driftSection.ts";
import { findingsSection } from "./sections/findingsSection.ts";
import { lineageSection } from "./sections/lineageSection.ts";
import { metricsSection } from "./sections/metricsSection.ts";
import { modelSection } from "./sections/modelSection.ts";
import { predictionsSection } from "./sections/predictionsSection.ts";
import { summarySection } from "./sections/summarySection.ts";
import { styleSheet } from "./styleSheet.ts";
import { summaryOf } from "./summary.ts";

type WriteSection = (input: ReportInput, draw: DrawFigure) => Html | Promise<Html>;

/** Chapters after the summary, in order. The ids are the anchors. */
const chapters: readonly (readonly [id: string, title: string, write: WriteSection])[] = [
  ["metrics", "Metrics", metricsSection],
  ["predictions", "Predictions", predictionsSection],
  ["model", "Model", modelSection],
  ["drift", "Drift", driftSection],
  ["checks", "Checks", findingsSection],
  ["data", "Data", dataSection],
  ["lineage", "Lineage", lineageSection],
  ["deployment", "Deployment", deploymentSection],
  ["card", "Model card", cardSection],
];

/** Forbids loading and scripts, in addition to the escaping of names from the data. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

/** Only the model card, on one page. */
export function modelCard(input: ReportInput): string {
  return pageOf(input, "model card", html`<main>${cardSection(input)}</main>`);
}

/**
 * @param draw draws a figure, here or in a worker thread
 * @returns the whole file; the same input gives the same bytes
 */
export async function htmlReport(input: ReportInput, draw: DrawFigure = plotFigure): Promise<string> {
  const sections = await Promise.all([
    summarySection(input, draw),
    ...chapters.map(([, , write]) => write(input, draw)),
  ]);
  const links = chapters.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`);
  const body = html`<nav aria-label="Chapters">
      <ul>
        ${links}
      </ul>
    </nav>
    <main>${sections}</main>`;
  return pageOf(input, "model report", body, html`<a class="skip" href="#summary">Skip to the summary</a>`);
}

function pageOf(input: ReportInput, title: string, body: Html, skip: Html | null = null): string {
  const { run, name } = input;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="description" content="${summaryOf(input).headline}" />
        <title>${name} · ${title}</title>
        <style>
          ${trusted(styleSheet())}
        </style>
      </head>
      <body>
        ${skip}
        <div class="page">
          <header>
            <h1>${name}: ${title}</h1>
            <p>
              Run <code>${run.runId}</code> · predicts ${input.signature.target.name} · ${dateTime(input.generatedAt)}
            </p>
          </header>
          ${body}
          <footer><p>Written by mlctl ${run.codeVersion}.</p></footer>
        </div>
      </body>
    </html> `;
  return `${htmlText(page)
    .replace(/^[ \t]+/gm, "")
    .trimEnd()}\n`;
}
