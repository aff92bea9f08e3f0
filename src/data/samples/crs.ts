/** Sample of a feed of immigration rounds: one JSON file, every value a text, newest first, on uneven dates. */
import type { Random } from "../../core/random.ts";
import { random } from "../../core/random.ts";
import { csvFile, type SampleFile } from "./sampleFile.ts";

const DAY = 86_400_000;
const START = Date.UTC(2016, 0, 13);
/** Rounds from here on are the test data; up to here they are the history that the model keeps. */
const TEST_START = Date.UTC(2024, 1, 1);
const END = Date.UTC(2025, 7, 1);
/** The feed renamed its general rounds at some point. */
const RENAMED = Date.UTC(2022, 6, 1);
/** Nothing was held for a while. */
const PAUSE = { from: Date.UTC(2020, 11, 20), days: 50 };
/** The level that cutoffs return to, in points. */
const USUAL = 470;

const otherRounds = [
  { name: "Provincial Nominee Program", cutoff: 720, spread: 25 },
  { name: "Canadian Experience Class", cutoff: 455, spread: 20 },
  { name: "French language proficiency (Version 1)", cutoff: 390, spread: 30 },
] as const;

const MONTHS = "January February March April May June July August September October November December".split(" ");

interface Round {
  readonly time: number;
  readonly name: string;
  readonly cutoff: number;
  readonly invitations: number;
}

/**
 * A cutoff goes on as it went before, rises by the days since the last round and returns to its usual level: three
 * lags and the time since then tell it to within a few points, where repeating the last cutoff is off by ten.
 */
export function crsSample(seed: number): SampleFile[] {
  const rounds = drawnRounds(random(seed));
  const before = rounds.filter(({ time }) => time < TEST_START);
  return [
    feed("sourcedata/rounds.json", before, 1),
    feed(
      "testdata/rounds.json",
      rounds.filter(({ time }) => time >= TEST_START),
      before.length + 1,
    ),
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
  // The first round of such a system takes only the very best: far off, so the configuration leaves it out.
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
  const { name, cutoff, spread } = otherRounds[source.integer(otherRounds.length)]!;
  const time = after + (1 + source.integer(6)) * DAY;
  return {
    time,
    name,
    cutoff: Math.round(cutoff + spread * source.normal()),
    invitations: 100 + source.integer(1500),
  };
}

function feed(path: string, rounds: readonly Round[], first: number): SampleFile {
  const sorted = rounds.toSorted((a, b) => a.time - b.time || (a.name < b.name ? -1 : 1));
  const listed = sorted.map((round, i) => record(round, String(first + i)));
  return { path, content: `${JSON.stringify({ classes: "wb-tables", rounds: listed.toReversed() }, null, 1)}\n` };
}

/** With thousands commas, dates in two forms, and the bands of the pool, which old rounds do not have. */
function record({ time, name, cutoff, invitations }: Round, number: string): Record<string, string> {
  const date = new Date(time);
  const full = `${MONTHS[date.getUTCMonth()]} ${date.getUTCDate()}, ${date.getUTCFullYear()}`;
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
