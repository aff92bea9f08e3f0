/** Entry point of the thread that draws plots. */
import { loadEntry } from "./loadEntry.js";

// Not awaited: V8 aborts the process if a thread is terminated during a top-level await.
void loadEntry("plotThread", "reporting/plotThread.js");
