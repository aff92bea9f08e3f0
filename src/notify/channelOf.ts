/** Creates the channel of an entry of `alerts` in config.json. */
import type { Channel } from "./channel.ts";
import { command, type CommandSettings } from "./command.ts";
import { email, type EmailSettings } from "./email.ts";
import { pagerDuty, type PagerDutySettings } from "./pagerDuty.ts";
import { webhook, type WebhookSettings } from "./webhook.ts";

export type ChannelSettings = (WebhookSettings | EmailSettings | CommandSettings | PagerDutySettings) & {
  readonly name?: string | undefined;
};

/** @param variables of mlctl.env, for a command that names them */
export function channelOf(
  settings: ChannelSettings,
  timeoutMs: number,
  variables: Readonly<Record<string, string>> = {},
): Channel {
  const made = channelOfType(settings, timeoutMs, variables);
  return settings.name === undefined ? made : { ...made, name: settings.name };
}

function channelOfType(
  settings: ChannelSettings,
  timeoutMs: number,
  variables: Readonly<Record<string, string>>,
): Channel {
  if (settings.type === "webhook") return webhook(settings, timeoutMs);
  if (settings.type === "pagerduty") return pagerDuty(settings, timeoutMs);
  return settings.type === "email" ? email(settings, timeoutMs) : command(settings, timeoutMs, variables);
}
