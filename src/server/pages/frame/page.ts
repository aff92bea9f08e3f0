/** Types of a page: what it is built from, and what it returns. */
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
/** The API is not below /ui for whoever calls it. */
export type Area = (typeof areas)[number] | "docs";

export interface Page {
  readonly title: string;
  readonly area: Area | null;
  readonly body: Html;
  /** Seconds between updates of the page; it is static if omitted. */
  readonly refresh?: number;
}

export type PageWriter = (request: PageRequest) => Page | Promise<Page>;
