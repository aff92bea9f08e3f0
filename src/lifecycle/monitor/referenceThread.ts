/** Thread that computes a reference while the main thread reads and predicts the rows to monitor. */
import type { Reference } from "../../core/records/model.ts";
import { replyToRequests } from "../../core/workerThread.ts";
import { referenceOfFiles, type ReferenceFiles } from "./referenceOfRows.ts";

replyToRequests<ReferenceFiles, Reference>(referenceOfFiles);
