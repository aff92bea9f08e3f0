import { expect, it } from "vitest";
import { random } from "../core/random.ts";
import { plots } from "../testing/plots.ts";
import { renderSvg } from "./render.ts";

it("keeps plots of a million rows below 200 kB", async () => {
  const { normal } = random(11);
  const x = Float64Array.from({ length: 1_000_000 }, normal);
  const y = x.map((value) => value + normal());
  for (const spec of [
    plots.predictedVsActual({ target: "y", actual: x, predicted: y }),
    plots.residuals({ target: "y", actual: x, predicted: y }),
    plots.rocCurve([{ label: "a", area: 0.5, points: Array.from(x, (_, i) => [i / 1e6, i / 1e6] as const) }]),
  ]) {
    expect((await renderSvg(spec)).length).toBeLessThan(200_000);
  }
});
