/** Shows the progress of a step: a bar on a terminal, else a line per stage and one every 15 seconds. */
import type { ProgressEvent } from "../core/context.ts";
import { pad, printable, truncate, type Colours } from "./textWidth.ts";

const REDRAW_MS = 100;
/** Between two lines without a terminal: a log shows that a long step is alive. */
const LINE_MS = 15_000;

const BAR_WIDTH = 24;

const CLEAR = "\r\x1b[2K";

export interface ProgressOptions {
  readonly write: (text: string) => void;
  readonly live: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly width: () => number;
  readonly colours: Colours;
  readonly clock: () => number;
}

type Progress = Extract<ProgressEvent, { type: "progress" }>;

export function progress(options: ProgressOptions) {
  const { write, live, quiet, verbose, colours, clock } = options;
  const warned = new Set<string>();
  let stage = { name: "", message: "", startedAt: clock() };
  let drawn = false;
  let drawnAt = live ? -Infinity : clock();
  const clear = (): void => {
    if (drawn) write(CLEAR);
    drawn = false;
  };
  const draw = (line: string): void => {
    write(CLEAR + truncate(line, Math.max(10, options.width() - 1)));
    drawn = true;
    drawnAt = clock();
  };
  const warn = (text: string, again = false): void => {
    // Every fold or candidate may emit the same warning; print it once.
    if (warned.has(text) && !again) return;
    warned.add(text);
    clear();
    write(text);
  };
  return {
    /** Removes the bar; call before printing anything else. */
    clear,
    emit(event: ProgressEvent): void {
      if (event.type === "warning") {
        const hint = event.hint === undefined ? "" : `${colours.bold("hint:")} ${printable(event.hint)}\n`;
        return warn(`${colours.yellow("warning:")} ${printable(event.message)}\n${hint}`, event.again);
      }
      if (quiet) return;
      if (event.type === "stage") {
        stage = { name: event.stage, message: printable(event.message), startedAt: clock() };
        const line = `${colours.dim(`${event.stage}:`)} ${stage.message}`;
        if (live && !verbose) return draw(`${stage.name}: ${stage.message}`);
        clear();
        drawnAt = clock();
        return write(`${line}\n`);
      }
      if (event.stage !== stage.name) stage = { name: event.stage, message: "", startedAt: clock() };
      const isLast = event.total !== undefined && event.done >= event.total;
      if (clock() - drawnAt < (live ? REDRAW_MS : LINE_MS) && !(live && isLast)) return;
      const line = barLine(event, (clock() - stage.startedAt) / 1000, live ? BAR_WIDTH : 0);
      if (live) return draw(line);
      drawnAt = clock();
      write(`${line}\n`);
    },
  };
}

/** `train  ████████░░░░  62 %  1,240/2,000 rows  310 rows/s  2 s left`; without a bar if its width is 0. */
export function barLine(event: Progress, seconds: number, width = BAR_WIDTH): string {
  const { stage, done, total, unit } = event;
  const note = event.note === undefined ? "" : `  ${printable(event.note)}`;
  const rate = seconds > 0 ? done / seconds : 0;
  // In the first second, the rate mostly reflects start-up.
  const speed = seconds >= 1 && rate > 0 ? `  ${rateText(rate, unit)}` : "";
  if (total === undefined || total <= 0) return `${stage}  ${quantity(done)} ${unit}${speed}${note}`;
  const share = Math.min(1, done / total);
  const full = Math.floor(share * width);
  const bar = "█".repeat(full) + "░".repeat(width - full) + (width === 0 ? "" : "  ");
  const left = speed === "" || share === 1 ? "" : `  ${duration((total - done) / rate)} left`;
  const percent = pad(`${Math.floor(share * 100)} %`, 5, "right");
  return `${stage}  ${bar}${percent}  ${quantity(done)}/${quantity(total)} ${unit}${speed}${left}${note}`;
}

/** "310 rows/s", "25 s per trial". */
function rateText(rate: number, unit: string): string {
  return rate < 1 ? `${quantity(1 / rate)} s per ${unit.replace(/s$/, "")}` : `${quantity(rate)} ${unit}/s`;
}

function quantity(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: value < 10 ? 1 : 0 });
}

function duration(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${pad(String(Math.floor(seconds % 60)), 2, "right")} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}
