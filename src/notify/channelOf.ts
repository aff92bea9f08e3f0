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
  const made =
    settings.type === "webhook"
      ? webhook(settings, timeoutMs)
      : settings.type === "pagerduty"
        ? pagerDuty(settings, timeoutMs)
        : settings.type === "email"
          ? email(settings, timeoutMs)
          : command(settings, timeoutMs, variables);
  return { ...made, name: settings.name ?? made.name };
}
