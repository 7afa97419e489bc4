import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import { createTransport } from 'nodemailer';
import type { Message } from './messages.js';

/** Takes a mail to where mail goes; rejects where it did not get there. */
export type Transport = (to: string, message: Message) => Promise<void>;

/** How long an application that ends waits for mails on their way. */
const SHUTDOWN_TIMEOUT_MS = 5_000;

/**
 * Sends mails in the background: an answer that waited for the mail server would tell by its time whether an address has
 * an account.
 */
export class Mailer implements OnApplicationShutdown {
  private readonly logger = new Logger('Mail');
  private readonly underway = new Set<Promise<void>>();

  /** @param transport None where mail can't be sent. */
  constructor(private readonly transport?: Transport) {}

  get available(): boolean {
    return this.transport !== undefined;
  }

  send(to: string, message: Message): void {
    if (!this.transport) return;
    const delivery = this.transport(to, message)
      .catch((error: Error) =>
        this.logger.error(`A ${message.kind} mail could not be sent: ${error.message}`),
      )
      .finally(() => this.underway.delete(delivery));
    this.underway.add(delivery);
  }

  async onApplicationShutdown(): Promise<void> {
    const timeout = new Promise((resolve) => setTimeout(resolve, SHUTDOWN_TIMEOUT_MS).unref());
    await Promise.race([Promise.allSettled(this.underway), timeout]);
  }
}

/**
 * Sends through an SMTP server. The sender is the parameter `from` of the URL, or else `no-reply@` and `domain`.
 *
 * @param url `smtp://` or `smtps://`, with user and password where the server asks for them.
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

/** Writes each mail to a file of its own, which only this account can read, and logs the file's name. */
export function outboxTransport(directory: string): Transport {
  const logger = new Logger('Mail');
  return async (to, { kind, subject, text }) => {
    const time = new Date().toISOString().replaceAll(':', '-');
    const file = join(directory, `${time}-${kind}-${randomBytes(3).toString('hex')}.txt`);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await writeFile(file, `To: ${to}\nSubject: ${subject}\n\n${text}`, { flag: 'wx', mode: 0o600 });
    logger.log(`Mail written to ${file}`);
  };
}
