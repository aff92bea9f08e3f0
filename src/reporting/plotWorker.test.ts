import { afterAll, describe, expect, it } from "vitest";
import { plots } from "../testing/plots.ts";
import { renderPng } from "../plots/render.ts";
import { drawInThread, plotWorker } from "./drawing.ts";
import { exampleInput } from "../testing/exampleInput.ts";
import { htmlText } from "./html.ts";
import { htmlReport } from "./htmlReport.ts";
import { plotFigure } from "./plotFigure.ts";

const worker = plotWorker();
afterAll(() => worker.close());

const matrix = plots.confusionMatrix({ classes: ["stayed", "exited"], matrix: [[8, 2], [1, 9]] }); // prettier-ignore

describe("plotWorker", () => {
  it("draws the same report and picture in a worker thread as in this one", async () => {
    const input = exampleInput("binary");
    const { figure, picture } = drawInThread(worker);
    const [text, png] = await Promise.all([htmlReport(input, figure), picture(matrix)]);
    expect(text).toBe(await htmlReport(input));
    expect(Buffer.from(png).equals(await renderPng(matrix))).toBe(true);
  });

  it("rejects a plot that cannot be drawn, and draws the next", async () => {
    const broken = { ...matrix, encoding: { x: { field: "predicted", type: "nominal", sort: { signal: "?" } } } };
    await expect(worker.figure("broken", broken)).rejects.toThrow(/\S/);
    expect(htmlText(await worker.figure("whole", matrix))).toBe(htmlText(await plotFigure("whole", matrix)));
  });

  it("falls back to this thread if the worker has ended", async () => {
    const ended = plotWorker();
    ended.prepare();
    const pending = ended.figure("a", matrix);
    await Promise.all([expect(pending).rejects.toThrow("the plot thread ended"), ended.close()]);
    const { figure } = drawInThread({ ...ended, figure: () => Promise.reject(new Error("ended")) });
    expect(htmlText(await figure("a", matrix))).toBe(htmlText(await plotFigure("a", matrix)));
  });
});
