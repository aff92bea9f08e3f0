/** Types of a page: what it is built from, and what it returns; and the paths of pages. */
import type { Html } from "../../../reporting/html.ts";
import type { DrawFigure } from "../../../reporting/plotFigure.ts";
import type { Session } from "../../../lifecycle/session.ts";
import type { LogReader } from "../../../storage/predictionLog/logReader.ts";
import type { ServerState } from "../../state/serverState.ts";
import type { TrafficSample } from "../../state/traffic.ts";

export interface PageRequest {
  /** Its store stays open between requests. */
  readonly session: Session;
  readonly state: ServerState;
  readonly log: LogReader;
  readonly draw: DrawFigure;
  /** Samples of the last ten minutes, oldest first. */
  readonly samples: readonly TrafficSample[];
  readonly query: URLSearchParams;
  /** The value of the path parameter :id; "" if the path has none. */
  readonly id: string;
  readonly now: number;
}

export const areas = ["overview", "runs", "trials", "monitoring", "predictions", "live"] as const;
/** "docs" is /docs, not below /ui. */
export type Area = (typeof areas)[number] | "docs";

export interface Page {
  readonly title: string;
  readonly area: Area | null;
  readonly body: Html;
  /** Seconds between updates of the page; it is static if omitted. */
  readonly refresh?: number;
}

export type PageWriter = (request: PageRequest) => Page | Promise<Page>;

/** pageAddress("runs", id) is "/ui/runs/<id>"; every part is escaped, because names come from the data. */
export function pageAddress(...parts: readonly string[]): string {
  return ["/ui", ...parts.map(encodeURIComponent)].join("/");
}

/**
 * `address` as seen from the page at `from`: below the path of a reverse proxy, only relative addresses lead back to this
 * server. relativeAddress("/ui/runs/a?b", "/ui/live") is "../../ui/live".
 */
export function relativeAddress(from: string, address: string): string {
  const depth = from.split("?")[0]!.split("/").length - 2;
  return "../".repeat(Math.max(0, depth)) + address.slice(1);
}

/** Makes the links, forms and assets of a page relative. Text cannot match, because its quotes are escaped. */
export function withRelativeLinks(page: string, from: string): string {
  return page.replace(
    /(\s(?:href|action|src)=")(\/(?:ui(?:[/?#][^"]*)?|docs))(?=")/g,
    (_, attribute: string, address: string) => attribute + relativeAddress(from, address),
  );
}

/** Adds a query string. Omits undefined, "" and false; writes true as 1. */
export function withQuery(
  address: string,
  query: Readonly<Record<string, string | number | boolean | undefined>>,
): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== "" && value !== false) search.set(key, value === true ? "1" : String(value));
  }
  const text = search.toString();
  return text === "" ? address : `${address}?${text}`;
}
