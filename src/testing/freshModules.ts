/**
 * Vitest's setup of the unit tests: their files share a process, which starts once, but no file finds what another left
 * in a module, and each registers the hooks and tests of the examples that it imports.
 */
import { vi } from "vitest";

vi.resetModules();
