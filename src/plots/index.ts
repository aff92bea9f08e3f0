/** Registry of the plots by name. Each function returns a specification, which `render.ts` draws. */
import { calibrationPlot, thresholdsPlot } from "./calibration.ts";
import { confusionMatrixPlot } from "./confusionMatrix.ts";
import { driftColumnPlot } from "./driftColumn.ts";
import { forecastPlot } from "./forecast.ts";
import { gainsPlot, precisionRecallPlot, rocCurvePlot } from "./curve.ts";
import { importancePlot } from "./namedBars.ts";
import { overTimePlot, partialDependencePlot } from "./means.ts";
import { predictedVsActualPlot, residualsPlot } from "./predictedVsActual.ts";
import { scoreIntervalPlot } from "./scoreInterval.ts";
import { shapSummaryPlot } from "./shapSummary.ts";
import { trialsPlot } from "./trials.ts";

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
