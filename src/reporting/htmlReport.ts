/** Writes the report as one HTML file that loads no other files and runs no scripts. */
import { dateTime } from "../plots/displayNumber.ts";
import { html, htmlText, trusted, type Html, section } from "./html.ts";
import { plotFigure, type DrawFigure } from "./plotFigure.ts";
import type { ReportInput } from "./reportInput.ts";
import { cardBody } from "./sections/cardSection.ts";
import { dataBody, lineageBody } from "./sections/lineageSection.ts";
import { driftBody, findingsBody } from "./sections/driftSection.ts";
import { metricsBody } from "./sections/metricsSection.ts";
import { modelBody } from "./sections/modelSection.ts";
import { predictionsBody } from "./sections/predictionsSection.ts";
import { summarySection } from "./sections/summarySection.ts";
import { styleSheet } from "./styleSheet.ts";
import { summaryOf } from "./summary.ts";

type WriteChapter = (input: ReportInput, draw: DrawFigure) => Html | Promise<Html>;

/** Chapters after the summary, in order. The ids are the anchors. */
const chapters: readonly (readonly [id: string, title: string, write: WriteChapter, heading?: string])[] = [
  ["metrics", "Metrics", metricsBody],
  ["predictions", "Predictions", predictionsBody, "Predictions on the test rows"],
  ["model", "Model", modelBody],
  ["drift", "Drift", driftBody],
  ["checks", "Checks", findingsBody],
  ["data", "Data", dataBody],
  ["lineage", "Lineage", lineageBody],
  ["card", "Model card", cardBody],
];

/** Forbids loading and scripts, in addition to the escaping of names from the data. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

export function modelCard(input: ReportInput): string {
  return pageOf(input, "model card", html`<main>${section("card", "Model card", cardBody(input))}</main>`);
}

/**
 * @param draw draws a figure, here or in a worker thread
 * @returns the whole file; the same input gives the same bytes
 */
export async function htmlReport(input: ReportInput, draw: DrawFigure = plotFigure): Promise<string> {
  const bodies = chapters.map(async ([id, title, write, heading]) =>
    section(id, heading ?? title, await write(input, draw)),
  );
  const sections = await Promise.all([summarySection(input, draw), ...bodies]);
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
