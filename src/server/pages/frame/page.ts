/** What a page is given, and what it is made of. */
import type { Html } from "../../../reporting/html.ts";
import type { DrawFigure } from "../../../reporting/plotFigure.ts";
import type { Session } from "../../../lifecycle/session.ts";
import type { LogBrowser } from "../../../storage/predictionLog/browseLog.ts";
import type { ServerState } from "../../state/serverState.ts";
import type { TrafficSample } from "../../state/trafficSamples.ts";

export interface PageRequest {
  /** Its store stays open over requests. */
  readonly session: Session;
  readonly state: ServerState;
  readonly log: LogBrowser;
  readonly draw: DrawFigure;
  /** Oldest first. */
  readonly samples: readonly TrafficSample[];
  readonly query: URLSearchParams;
  /** What stands in the place of :id. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** In the order of the navigation. */
export const areas = ["overview", "runs", "monitoring", "predictions", "live"] as const;
export type Area = (typeof areas)[number];

export interface Page {
  readonly title: string;
  readonly area: Area | null;
  readonly body: Html;
  /** Seconds until it is asked for again, where the reader has not stopped it. */
  readonly refresh?: number;
}

export type PageWriter = (request: PageRequest) => Page | Promise<Page>;
