/** The thread that reads a reference. */
import { loadEntry } from "./loadEntry.js";

await loadEntry("referenceThread", "lifecycle/referenceThread.js");
