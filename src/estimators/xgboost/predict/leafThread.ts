/** Entry point of a thread that sums leaves. */
import { replyToRequests } from "../../../core/workerThread.ts";
import { sumParts, type LeafJob } from "./leavesInThreads.ts";

replyToRequests<LeafJob, null>((job) => {
  sumParts(job);
  return null;
});
