/** Parts of a date as ONNX operators: a date is a double, milliseconds since 1970-01-01 UTC. */
import { scalar, type GraphBuilder } from "../../core/onnx.ts";
import { MILLISECONDS_A_DAY } from "../../core/text/duration.ts";

/** All parts by the name that date_parts gives them. */
export function dateNodes(graph: GraphBuilder, milliseconds: string) {
  const { plus, over, floor, remainder, choose } = arithmetic(graph);
  const daysSince1970 = over(milliseconds, MILLISECONDS_A_DAY);
  const days = floor(daysSince1970);
  const { year, month, day } = civilDate(graph, days);
  const dayOfWeek = remainder(plus(days, 3), 7);
  const isWeekend = choose(graph.add("Less", [dayOfWeek, scalar(graph, 5)]), scalar(graph, 0), scalar(graph, 1));
  return {
    year,
    month,
    day,
    quarter: plus(floor(over(plus(month, -1), 3)), 1),
    day_of_week: dayOfWeek,
    // A missing date stays missing (NaN).
    is_weekend: choose(graph.add("IsNaN", [dayOfWeek]), dayOfWeek, isWeekend),
    hour: remainder(floor(over(milliseconds, 3_600_000)), 24),
    days_since_1970: daysSince1970,
  };
}

/**
 * The Gregorian calendar by arithmetic, with years starting in March.
 * @see Hinnant, chrono-Compatible Low-Level Date Algorithms, civil_from_days
 */
function civilDate(graph: GraphBuilder, days: string): Record<"year" | "month" | "day", string> {
  const { plus, times, over, floor, minus, choose } = arithmetic(graph);
  const shifted = plus(days, 719_468);
  const era = floor(over(shifted, 146_097));
  const dayOfEra = minus(shifted, times(era, 146_097));
  const leapDays = minus(
    minus(floor(over(dayOfEra, 1460)), floor(over(dayOfEra, 36_524))),
    times(floor(over(dayOfEra, 146_096)), -1),
  );
  const yearOfEra = floor(over(minus(dayOfEra, leapDays), 365));
  const before = minus(
    graph.add("Add", [times(yearOfEra, 365), floor(over(yearOfEra, 4))]),
    floor(over(yearOfEra, 100)),
  );
  const dayOfYear = minus(dayOfEra, before);
  const monthFromMarch = floor(over(plus(times(dayOfYear, 5), 2), 153));
  const day = plus(minus(dayOfYear, floor(over(plus(times(monthFromMarch, 153), 2), 5))), 1);
  const isFromMarch = graph.add("Less", [monthFromMarch, scalar(graph, 10)]);
  const year = graph.add("Add", [yearOfEra, times(era, 400)]);
  return {
    day,
    month: choose(isFromMarch, plus(monthFromMarch, 3), plus(monthFromMarch, -9)),
    year: choose(isFromMarch, year, plus(year, 1)),
  };
}

function arithmetic(graph: GraphBuilder) {
  const floor = (value: string): string => graph.add("Floor", [value]);
  const over = (value: string, by: number): string => graph.add("Div", [value, scalar(graph, by)]);
  const times = (value: string, by: number): string => graph.add("Mul", [value, scalar(graph, by)]);
  const minus = (from: string, value: string): string => graph.add("Sub", [from, value]);
  return {
    floor,
    over,
    times,
    minus,
    plus: (value: string, by: number): string => graph.add("Add", [value, scalar(graph, by)]),
    remainder: (value: string, by: number): string => minus(value, times(floor(over(value, by)), by)),
    choose: (condition: string, yes: string, no: string): string => graph.add("Where", [condition, yes, no]),
  };
}
