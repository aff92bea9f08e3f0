/**
 * Vitest setup file of the unit tests. Test files share one process to save its start; resetting the modules keeps
 * module state from leaking between files, and lets each file register the hooks and tests of the modules it imports.
 */
import { vi } from "vitest";

vi.resetModules();
