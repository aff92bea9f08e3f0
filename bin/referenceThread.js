/** Entry point of the thread that reads a reference. */
import { loadEntry } from "./loadEntry.js";

// Not awaited: V8 aborts the process if a thread is terminated during a top-level await.
void loadEntry("referenceThread", "lifecycle/monitor/referenceThread.js");
