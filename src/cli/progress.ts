/** Shows the progress of a step: a bar on a terminal, else one line per stage. */
import type { ProgressEvent } from "../core/context.ts";
import { pad, printable, truncate, type Colours } from "./textWidth.ts";

const REDRAW_MS = 100;

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

interface Stage {
  readonly name: string;
  readonly message: string;
  readonly startedAt: number;
}

export function progress(options: ProgressOptions) {
  const { write, live, quiet, verbose, colours, clock } = options;
  const warned = new Set<string>();
  let stage: Stage = { name: "", message: "", startedAt: clock() };
  let drawn = false;
  let drawnAt = -Infinity;
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
        return write(`${line}\n`);
      }
      const isLast = event.total !== undefined && event.done >= event.total;
      if (!live || (clock() - drawnAt < REDRAW_MS && !isLast)) return;
      if (event.stage !== stage.name) stage = { name: event.stage, message: "", startedAt: clock() };
      draw(barLine(event, (clock() - stage.startedAt) / 1000));
    },
  };
}

/** `train  ████████░░░░  62 %  1,240/2,000 rows  310 rows/s  2 s left` */
export function barLine(event: Extract<ProgressEvent, { type: "progress" }>, seconds: number): string {
  const { stage, done, total, unit } = event;
  const note = event.note === undefined ? "" : `  ${printable(event.note)}`;
  const rate = seconds > 0 ? done / seconds : 0;
  // In the first second, the rate mostly reflects start-up.
  const speed = seconds >= 1 && rate > 0 ? `  ${quantity(rate)} ${unit}/s` : "";
  if (total === undefined || total <= 0) return `${stage}  ${quantity(done)} ${unit}${speed}${note}`;
  const share = Math.min(1, done / total);
  const full = Math.floor(share * BAR_WIDTH);
  const bar = "█".repeat(full) + "░".repeat(BAR_WIDTH - full);
  const left = speed === "" || share === 1 ? "" : `  ${duration((total - done) / rate)} left`;
  const percent = pad(`${Math.floor(share * 100)} %`, 5, "right");
  return `${stage}  ${bar}  ${percent}  ${quantity(done)}/${quantity(total)} ${unit}${speed}${left}${note}`;
}

function quantity(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: value < 10 ? 1 : 0 });
}

function duration(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${pad(String(Math.floor(seconds % 60)), 2, "right")} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}
