import { describe, expect, it } from "vitest";
import { calibrate } from "./predictor.ts";
import { fitCalibration } from "../fit/bestThreshold.ts";

const p = Float64Array.of(0.05, 0.1, 0.2, 0.2, 0.3, 0.35, 0.45, 0.5, 0.6, 0.6, 0.7, 0.8, 0.85, 0.9, 0.97);
const y = Float64Array.of(0, 0, 0, 1, 0, 0, 1, 0, 1, 0, 1, 1, 0, 1, 1);
const tested = Float64Array.of(0.01, 0.2, 0.25, 0.5, 0.65, 0.9, 0.99);

describe("calibration", () => {
  it("sigmoid equals scikit-learn's", () => {
    // c = _SigmoidCalibration().fit(np.log(p / (1 - p)), y); -c.a_, -c.b_; c.predict(np.log(tested / (1 - tested)))
    const fitted = fitCalibration(p, y);
    // scikit-learn uses BFGS, which stops at a gradient of 1e-5; our Newton iteration converges to the minimum.
    expect(fitted.slope).toBeCloseTo(0.5631062106007114, 5);
    expect(fitted.intercept).toBeCloseTo(-0.17642250116054517, 5);
    const expected = [
      0.05930289778250563, 0.2774685278254613, 0.31108367245541696, 0.4560084183573758, 0.5429345848335186,
      0.7428526240021184, 0.9176711889765679,
    ];
    calibrate(tested, fitted).forEach((share, row) => expect(share).toBeCloseTo(expected[row]!, 5));
  });

  it("returns probabilities unchanged without calibration, and is finite for 0 and 1", () => {
    expect(calibrate(tested, undefined)).toBe(tested);
    const fitted = fitCalibration(Float64Array.of(0, 1, 0, 1), Float64Array.of(0, 1, 1, 0));
    expect(calibrate(Float64Array.of(0, 0.5, 1), fitted).every((share) => share >= 0 && share <= 1)).toBe(true);
  });
});
