/** E-mail channel: sends the alert over SMTP. The only importer of nodemailer. */
import type { ChannelParts } from "./channel.ts";

export interface EmailSettings {
  readonly type: "email";
  readonly to: string;
  readonly from?: string | undefined;
  /** smtp://user:password@host:port, or smtps:// */
  readonly smtp: string;
}

export function email({ to, from, smtp }: EmailSettings, timeoutMs: number): ChannelParts {
  return {
    name: `email ${to}`,
    secrets: [smtp],
    async send({ subject, lines, next }, signal) {
      // Loaded only here, because it takes time.
      const { createTransport } = await import("nodemailer");
      signal.throwIfAborted();
      const limits = { connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs };
      const transport = createTransport({ url: smtp, ...limits });
      const stop = (): void => transport.close();
      signal.addEventListener("abort", stop, { once: true });
      try {
        await transport.sendMail({
          from: from ?? to.split(",")[0]!.trim(),
          to,
          subject,
          text: [...lines, "", `Next: ${next}`, ""].join("\n"),
          // Suppresses automatic replies (RFC 3834).
          headers: { "Auto-Submitted": "auto-generated" },
        });
      } finally {
        signal.removeEventListener("abort", stop);
        transport.close();
      }
    },
  };
}
