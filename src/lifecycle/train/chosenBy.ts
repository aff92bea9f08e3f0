import { configSha256 } from "../../config/configSha256.ts";
import type { JsonObject } from "../../core/json.ts";
import type { Session } from "../session.ts";
import type { PreparedData } from "./trainingData.ts";

/** The session with the settings that mlctl chose. */
export function chosenBy(session: Session, { config }: PreparedData): Session {
  if (config === session.config) return session;
  const { time_column, features, train: settings } = config;
  const chosen = { time_column, features, train: settings } as JsonObject;
  const recordedConfig = { ...(session.recordedConfig as JsonObject), ...chosen };
  return { ...session, config, recordedConfig, configSha256: () => configSha256(config) };
}
