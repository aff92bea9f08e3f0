import { afterAll, describe, expect, it } from "vitest";
import { plots } from "../plots/index.ts";
import { renderPng } from "../plots/render.ts";
import { drawnBeside } from "./drawing.ts";
import { exampleInput } from "./exampleInput.ts";
import { htmlText } from "./html.ts";
import { htmlReport } from "./htmlReport.ts";
import { plotFigure } from "./plotFigure.ts";
import { plotWorker } from "./plotWorker.ts";

const worker = plotWorker();
afterAll(() => worker.close());

const matrix = plots.confusionMatrix({ classes: ["stayed", "exited"], matrix: [[8, 2], [1, 9]] }); // prettier-ignore

describe("plotWorker", () => {
  it("draws the same report and picture in a thread as here", async () => {
    const input = exampleInput("binary");
    const { figure, picture } = drawnBeside(worker);
    const [text, png] = await Promise.all([htmlReport(input, figure), picture(matrix)]);
    expect(text).toBe(await htmlReport(input));
    expect(Buffer.from(png).equals(await renderPng(matrix))).toBe(true);
  });

  it("tells that a plot cannot be drawn, and draws the next", async () => {
    const broken = { ...matrix, encoding: { x: { field: "predicted", type: "nominal", sort: { signal: "?" } } } };
    await expect(worker.figure("broken", broken)).rejects.toThrow(/\S/);
    expect(htmlText(await worker.figure("whole", matrix))).toBe(htmlText(await plotFigure("whole", matrix)));
  });

  it("leaves the drawing to the caller's own thread where it is gone", async () => {
    const gone = plotWorker();
    gone.prepare();
    const asked = gone.figure("a", matrix);
    await Promise.all([expect(asked).rejects.toThrow("the thread that draws ended"), gone.close()]);
    const { figure } = drawnBeside({ ...gone, figure: () => Promise.reject(new Error("gone")) });
    expect(htmlText(await figure("a", matrix))).toBe(htmlText(await plotFigure("a", matrix)));
  });
});
