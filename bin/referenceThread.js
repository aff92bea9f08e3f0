/** The thread that reads a reference. */
import { loadEntry } from "./loadEntry.js";

// Not awaited: V8 aborts the whole process where a thread is ended while a module of it awaits at its top.
void loadEntry("referenceThread", "lifecycle/monitor/referenceThread.js");
