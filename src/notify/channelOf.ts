/** Creates the channel of an entry of `alerts` in config.json. */
import type { Channel } from "./channel.ts";
import { command, type CommandSettings } from "./command.ts";
import { email, type EmailSettings } from "./email.ts";
import { webhook, type WebhookSettings } from "./webhook.ts";

export type ChannelSettings = (WebhookSettings | EmailSettings | CommandSettings) & {
  readonly name?: string | undefined;
};

export function channelOf(settings: ChannelSettings, timeoutMs: number): Channel {
  const made =
    settings.type === "webhook"
      ? webhook(settings, timeoutMs)
      : settings.type === "email"
        ? email(settings, timeoutMs)
        : command(settings, timeoutMs);
  return settings.name === undefined ? made : { ...made, name: settings.name };
}
