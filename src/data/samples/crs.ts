/** Sample data: a feed of immigration rounds, as JSON with string values, newest first, on irregular dates. */
import { random, type Random } from "../../core/random.ts";
import { csvFile, type SampleFile } from "./sampleFile.ts";

const DAY = 86_400_000;
const START = Date.UTC(2016, 0, 13);
/** Rounds from this date on are the test data; earlier ones are the training data. */
const TEST_START = Date.UTC(2024, 1, 1);
const END = Date.UTC(2025, 7, 1);
/** From this date on, the feed calls its general rounds "General". */
const RENAMED = Date.UTC(2022, 6, 1);
const PAUSE = { from: Date.UTC(2020, 11, 20), days: 50 };
/** The level that cutoffs return to, in CRS points. */
const USUAL = 470;

const otherRounds = [
  { name: "Provincial Nominee Program", cutoff: 720, deviation: 25 },
  { name: "Canadian Experience Class", cutoff: 455, deviation: 20 },
  { name: "French language proficiency (Version 1)", cutoff: 390, deviation: 30 },
] as const;

interface Round {
  readonly time: number;
  readonly name: string;
  readonly cutoff: number;
  readonly invitations: number;
}

/**
 * A cutoff follows the last change, rises with the days since the last round and returns to its usual level. Three lags
 * and the time since the last round predict it to within a few points; repeating the last cutoff is off by ten.
 */
export function crsSample(seed: number): SampleFile[] {
  const rounds = drawnRounds(random(seed));
  const before = rounds.filter(({ time }) => time < TEST_START);
  const test = rounds.filter(({ time }) => time >= TEST_START);
  return [
    feed("sourcedata/rounds.json", before, 1),
    feed("testdata/rounds.json", test, before.length + 1),
    csvFile("requests/dates.csv", "date", ["2024-02-07", "2024-02-21"]),
    { path: "requests/request.json", content: `${JSON.stringify({ date: "2024-02-07" })}\n` },
  ];
}

function drawnRounds(source: Random): Round[] {
  const rounds: Round[] = [];
  let [time, last, previous] = [START, 480, 478];
  while (time < END) {
    if (source.uniform() < 0.35) rounds.push(otherRound(source, time));
    const days = 10 + source.integer(10);
    time += days * DAY;
    if (time > PAUSE.from && time < PAUSE.from + PAUSE.days * DAY) time += PAUSE.days * DAY;
    const waited = (time - (rounds.findLast(isGeneral)?.time ?? time - 14 * DAY)) / DAY;
    const pull = 0.55 * (last - previous) + 0.6 * (waited - 14) - 0.08 * (last - USUAL);
    const cutoff = Math.round(last + pull + 3.5 * source.normal());
    rounds.push({ time, name: generalName(time), cutoff, invitations: 250 * (8 + source.integer(13)) });
    [previous, last] = [last, cutoff];
  }
  // The first round has an exceptionally high cutoff: an outlier that the configuration filters out.
  return [
    { time: START - 20 * DAY, name: generalName(START), cutoff: 861, invitations: 779 },
    ...rounds.filter(({ time: at }) => at < END),
  ];
}

function generalName(time: number): string {
  return time < RENAMED ? "No Program Specified" : "General";
}

function isGeneral({ name }: Round): boolean {
  return name === "General" || name === "No Program Specified";
}

function otherRound(source: Random, after: number): Round {
  const { name, cutoff, deviation } = otherRounds[source.integer(otherRounds.length)]!;
  const time = after + (1 + source.integer(6)) * DAY;
  const drawn = Math.round(cutoff + deviation * source.normal());
  return { time, name, cutoff: drawn, invitations: 100 + source.integer(1500) };
}

function feed(path: string, rounds: readonly Round[], first: number): SampleFile {
  const sorted = rounds.toSorted((a, b) => a.time - b.time || (a.name < b.name ? -1 : 1));
  const listed = sorted.map((round, i) => record(round, String(first + i)));
  return { path, content: `${JSON.stringify({ classes: "wb-tables", rounds: listed.toReversed() }, null, 1)}\n` };
}

/** Numbers have thousands separators, dates come in two formats, and old rounds have no pool sizes (dd…). */
function record({ time, name, cutoff, invitations }: Round, number: string): Record<string, string> {
  const date = new Date(time);
  const full = date.toLocaleDateString("en-US", { dateStyle: "long", timeZone: "UTC" });
  const pool = time < RENAMED ? 0 : 180_000 + 37 * cutoff;
  return {
    drawNumber: number,
    drawNumberURL: `<a href='/rounds.html?q=${number}'>${number}</a>`,
    drawDate: date.toISOString().slice(0, 10),
    drawDateFull: full,
    drawName: name,
    drawSize: invitations.toLocaleString("en-US"),
    drawCRS: String(cutoff),
    drawText2: isGeneral({ time, name, cutoff, invitations }) ? "All programs" : name,
    drawDateTime: `${full} at 14:${10 + (cutoff % 50)}:07 UTC`,
    dd1: Math.round(pool * 0.02).toLocaleString("en-US"),
    dd18: pool.toLocaleString("en-US"),
  };
}
