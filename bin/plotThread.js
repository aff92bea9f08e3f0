/** The thread that draws plots. */
import { loadEntry } from "./loadEntry.js";

await loadEntry("plotThread", "reporting/plotThread.js");
