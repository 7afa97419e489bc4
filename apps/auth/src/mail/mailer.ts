import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import { createTransport } from 'nodemailer';
import type { Message } from './messages.js';

/** Delivers one email, and rejects if that fails. */
export type Transport = (to: string, message: Message) => Promise<void>;

/** How long a shutdown waits for emails that are still being sent. */
const SHUTDOWN_TIMEOUT_MS = 5_000;

/**
 * Sends email in the background: if a response waited for the mail server, its time would reveal whether an account
 * exists.
 */
export class Mailer implements OnApplicationShutdown {
  private readonly logger = new Logger('Mail');
  private readonly pending = new Set<Promise<void>>();

  /** @param transport Undefined if no email can be sent. */
  constructor(private readonly transport?: Transport) {}

  get available(): boolean {
    return this.transport !== undefined;
  }

  /** @param isAllowed Runs in the background, too. If it returns false, the email is not sent. */
  send(to: string, message: Message, isAllowed: () => Promise<boolean> = async () => true): void {
    const { transport } = this;
    if (!transport) {
      return;
    }
    const delivery = isAllowed()
      .then((allowed) => (allowed ? transport(to, message) : undefined))
      .catch((error: Error) => this.logger.error(`Could not send a ${message.kind} email: ${error.message}`))
      .finally(() => this.pending.delete(delivery));
    this.pending.add(delivery);
  }

  async onApplicationShutdown(): Promise<void> {
    const timeout = new Promise((resolve) => setTimeout(resolve, SHUTDOWN_TIMEOUT_MS).unref());
    await Promise.race([Promise.allSettled(this.pending), timeout]);
  }
}

/**
 * Sends email through an SMTP server. The sender is the URL's `from` parameter, or `no-reply@` followed by `domain`.
 *
 * @param url `smtp://` or `smtps://`, with a user and password if the server requires them.
 */
export function smtpTransport(url: string, domain: string): Transport {
  const from = new URL(url).searchParams.get('from') ?? `no-reply@${domain}`;
  const transporter = createTransport(
    { url, connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 },
    { from },
  );
  return async (to, { subject, text }) => {
    await transporter.sendMail({ to, subject, text });
  };
}

/** Writes each email to its own file, which only the current operating system user can read. */
export function outboxTransport(directory: string): Transport {
  const logger = new Logger('Mail');
  return async (to, { kind, subject, text }) => {
    const time = new Date().toISOString().replaceAll(':', '-');
    const file = join(directory, `${time}-${kind}-${randomBytes(3).toString('hex')}.txt`);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await writeFile(file, `To: ${to}\nSubject: ${subject}\n\n${text}`, { flag: 'wx', mode: 0o600 });
    logger.log(`Email written to ${file}`);
  };
}
