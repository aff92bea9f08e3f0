/** The calibration of probabilities as ONNX operators, see predict/calibrate.ts. */
import { complement, scalar, type GraphBuilder } from "../../core/onnx.ts";
import type { Calibration } from "../../core/records/model.ts";

/** As in predict/calibrate.ts. */
const SMALLEST = 1e-12;

/** @param probability (rows × 1) */
export function calibrationNodes(graph: GraphBuilder, probability: string, calibration: Calibration): string {
  return calibration.method === "sigmoid"
    ? sigmoidNodes(graph, probability, calibration)
    : isotonicNodes(graph, probability, calibration);
}

function sigmoidNodes(
  graph: GraphBuilder,
  probability: string,
  { slope, intercept }: Extract<Calibration, { method: "sigmoid" }>,
): string {
  const above = graph.add("Max", [probability, scalar(graph, SMALLEST)]);
  const share = graph.add("Min", [above, scalar(graph, 1 - SMALLEST)]);
  const odds = graph.add("Log", [graph.add("Div", [share, complement(graph, share)])]);
  return graph.add("Sigmoid", [
    graph.add("Add", [graph.add("Mul", [odds, scalar(graph, slope)]), scalar(graph, intercept)]),
  ]);
}

/** Linear interpolation as a sum over the segments: how far the probability is along a segment, times its slope. */
function isotonicNodes(
  graph: GraphBuilder,
  probability: string,
  { x, y }: Extract<Calibration, { method: "isotonic" }>,
): string {
  const segments = x.slice(1).map((end, i) => ({ start: x[i]!, width: end - x[i]!, rise: y[i + 1]! - y[i]! }));
  const first = scalar(graph, y[0]!);
  const row = (values: readonly number[]): string => graph.constant("double", values, [1, values.length]);
  const column = (values: readonly number[]): string => graph.constant("double", values, [values.length, 1]);
  const rising = segments.filter(({ width }) => width > 0);
  const jumps = segments.filter(({ width, rise }) => width === 0 && rise !== 0);
  const zero = graph.add("Mul", [probability, scalar(graph, 0)]);
  let sum = graph.add("Add", [zero, first]);
  if (rising.length > 0) {
    const beyondStart = graph.add("Sub", [probability, row(rising.map(({ start }) => start))]);
    const covered = graph.add("Min", [
      graph.add("Max", [beyondStart, scalar(graph, 0)]),
      row(rising.map(({ width }) => width)),
    ]);
    const slopes = column(rising.map(({ rise, width }) => rise / width));
    sum = graph.add("Add", [sum, graph.add("MatMul", [covered, slopes])]);
  }
  if (jumps.length > 0) {
    const beyond = graph.add("Greater", [probability, row(jumps.map(({ start }) => start))]);
    const heights = column(jumps.map(({ rise }) => rise));
    sum = graph.add("Add", [sum, graph.add("MatMul", [graph.add("Cast", [beyond], { to: { int: 11 } }), heights])]);
  }
  return sum;
}
