/** All plots by name, for the tests that draw each. */
import { calibrationPlot, thresholdsPlot } from "../plots/calibration.ts";
import { confusionMatrixPlot } from "../plots/confusionMatrix.ts";
import { driftColumnPlot } from "../plots/driftColumn.ts";
import { forecastPlot } from "../plots/forecast.ts";
import { gainsPlot, precisionRecallPlot, rocCurvePlot } from "../plots/curve.ts";
import { importancePlot } from "../plots/bars.ts";
import { overTimePlot, partialDependencePlot } from "../plots/means.ts";
import { predictedVsActualPlot, residualsPlot } from "../plots/predictedVsActual.ts";
import { scoreIntervalPlot } from "../plots/bars.ts";
import { shapSummaryPlot } from "../plots/shapSummary.ts";
import { trialsPlot } from "../plots/trials.ts";

export const plots = {
  confusionMatrix: confusionMatrixPlot,
  rocCurve: rocCurvePlot,
  precisionRecall: precisionRecallPlot,
  calibration: calibrationPlot,
  thresholds: thresholdsPlot,
  gains: gainsPlot,
  predictedVsActual: predictedVsActualPlot,
  residuals: residualsPlot,
  overTime: overTimePlot,
  importance: importancePlot,
  partialDependence: partialDependencePlot,
  driftColumn: driftColumnPlot,
  forecast: forecastPlot,
  scoreInterval: scoreIntervalPlot,
  shapSummary: shapSummaryPlot,
  trials: trialsPlot,
};
