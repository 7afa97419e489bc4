import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { createTransport } from 'nodemailer';
import { appName } from './brand.js';

export interface Email {
  /** The same for every attempt to send it. */
  id: string;
  kind: string;
  to: string;
  subject: string;
  text: string;
  html: string;
}

/** Delivers one email, and rejects if that fails. */
export type Transport = (email: Email) => Promise<void>;

/**
 * Sends email through an SMTP server. The sender is the URL's `from` parameter, or `no-reply@` followed by `domain`.
 *
 * @param url `smtp://` or `smtps://`, with a user and password if the server requires them.
 */
export function smtpTransport(url: string, domain: string): Transport {
  const from = new URL(url).searchParams.get('from') ?? { name: appName, address: `no-reply@${domain}` };
  const transporter = createTransport(
    { url, connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 },
    { from, headers: { 'Auto-Submitted': 'auto-generated' } },
  );
  return async ({ id, to, subject, text, html }) => {
    // If an email is sent twice because the first response was lost, email clients can tell by its id.
    await transporter.sendMail({ to, subject, text, html, messageId: `<${id}@${domain}>` });
  };
}

/** Writes each email to files of its own, which only the current operating system user can read. */
export function fileTransport(directory: string): Transport {
  const logger = new Logger('Mail');
  return async ({ id, kind, to, subject, text, html }) => {
    const time = new Date().toISOString().replaceAll(':', '-');
    const file = join(directory, `${time}-${kind}-${id.slice(0, 6)}`);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await writeFile(`${file}.html`, html, { flag: 'wx', mode: 0o600 });
    await writeFile(`${file}.txt`, `To: ${to}\nSubject: ${subject}\n\n${text}`, { flag: 'wx', mode: 0o600 });
    logger.log(`Email written to ${file}.txt`);
  };
}
