import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { symmetricDecrypt, symmetricEncrypt } from 'better-auth/crypto';
import { sql } from 'kysely';
import { type Database, DATABASE } from '../database/database.js';
import { type OutboxEntry, OutboxWorker } from '../outbox/outbox-worker.js';
import { renderHtml, renderText } from './layout.js';
import { type EmailKind, type EmailParameters, messages } from './messages.js';
import type { Email, Transport } from './transports.js';

export const MAIL_OPTIONS = Symbol('MailOptions');

export interface MailOptions {
  /** Undefined if no email can be sent. */
  transport?: Transport;
  /** Origin of the links. */
  baseUrl: string;
  /** Encrypts queued emails. */
  secret: string;
}

export interface Recipient {
  /** The user whose account the email is about. It is deleted with the account. */
  id?: string;
  email: string;
}

/** The part of `Mailer` that Better Auth calls. */
export type MailSender = Pick<Mailer, 'available' | 'send' | 'runInBackground'>;

interface QueuedEmail extends OutboxEntry {
  content: string;
  expired: boolean;
}

interface EmailContent<Kind extends EmailKind = EmailKind> {
  kind: Kind;
  to: string;
  parameters: EmailParameters[Kind];
}

const CONCURRENCY = 5;

/** An email server can take up to the sum of all timeouts of the transport, and more if it responds slowly. */
const LEASE_SECONDS = 120;

/** How long a shutdown waits for emails that are being sent. Another process sends the others. */
const SHUTDOWN_TIMEOUT_MS = 5_000;

/**
 * Sends email through the outbox table `auth.emails`, in the background: if a response waited for the email server, its
 * time would reveal whether an account exists. An email that can't be sent is retried until its link expires.
 *
 * Queued emails contain working links, so they are encrypted and never logged.
 */
@Injectable()
export class Mailer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Mail');
  private readonly worker: OutboxWorker<QueuedEmail>;

  constructor(
    @Inject(DATABASE) private readonly db: Database,
    @Inject(MAIL_OPTIONS) private readonly options: MailOptions,
  ) {
    this.worker = new OutboxWorker<QueuedEmail>(db, {
      table: 'auth.emails',
      key: 'id',
      columns: sql`content, expires_at <= now() AS expired`,
      concurrency: CONCURRENCY,
      leaseSeconds: LEASE_SECONDS,
      logger: this.logger,
      deliver: (email) => this.deliver(email),
      complete: ({ id }) => this.delete(id),
      describeFailure: ({ id }, error) => `Could not send the email ${id} (${describeError(error)}).`,
    });
  }

  get available(): boolean {
    return this.options.transport !== undefined;
  }

  onApplicationBootstrap(): void {
    if (this.available) {
      this.worker.start();
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    const timeout = new Promise((resolve) => setTimeout(resolve, SHUTDOWN_TIMEOUT_MS).unref());
    await Promise.race([this.worker.stop(), timeout]);
  }

  /** Resolves when the email is stored in the outbox, so that it survives a crash. */
  async send<Kind extends EmailKind>(
    kind: Kind,
    { id, email }: Recipient,
    parameters: EmailParameters[Kind],
  ): Promise<void> {
    if (!this.available) {
      return;
    }
    const data = JSON.stringify({ kind, to: email, parameters } satisfies EmailContent<Kind>);
    const content = await symmetricEncrypt({ key: this.options.secret, data });
    await sql`
      INSERT INTO auth.emails (user_id, content, expires_at)
      VALUES (${id ?? null}, ${content}, now() + make_interval(secs => ${messages[kind].lifetimeSeconds}))
    `.execute(this.db);
    this.worker.wake();
  }

  /** Runs `send` for a response whose time must not depend on it. A crash can lose the email. */
  runInBackground(sending: Promise<void>): void {
    sending.catch((error: Error) => this.logger.error(`Could not queue an email: ${error.message}`));
  }

  private async deliver({ id, content, expired }: QueuedEmail): Promise<void> {
    const decrypted = await this.decrypt(content);
    if (!decrypted) {
      this.logger.warn(`Deleted the email ${id}: it was encrypted with a different BETTER_AUTH_SECRET.`);
    } else if (expired) {
      this.logger.warn(`Deleted the email ${id}: it could not be sent before its link expired.`);
    } else {
      await this.sendRendered(this.render(id, decrypted));
    }
  }

  /** A retry would not help if the address doesn't exist. */
  private async sendRendered(email: Email): Promise<void> {
    try {
      await this.options.transport!(email);
    } catch (error) {
      if (!isUnknownRecipient(error as TransportError)) {
        throw error;
      }
      this.logger.warn(
        `Deleted the email ${email.id}: the email server rejected the address of its recipient.`,
      );
    }
  }

  private async decrypt(content: string): Promise<EmailContent | undefined> {
    try {
      return JSON.parse(await symmetricDecrypt({ key: this.options.secret, data: content })) as EmailContent;
    } catch {
      return undefined;
    }
  }

  private render<Kind extends EmailKind>(id: string, { kind, to, parameters }: EmailContent<Kind>): Email {
    const { baseUrl } = this.options;
    const text = messages[kind].write(parameters, (path, token) =>
      token === undefined ? baseUrl + path : `${baseUrl}${path}?token=${encodeURIComponent(token)}`,
    );
    return { id, kind, to, subject: text.subject, text: renderText(text), html: renderHtml(text) };
  }

  private async delete(id: string): Promise<void> {
    await sql`DELETE FROM auth.emails WHERE id = ${id}`.execute(this.db);
  }
}

interface TransportError extends Error {
  code?: string;
  response?: string;
  responseCode?: number;
  command?: string;
}

/** Returns whether the enhanced status code (RFC 3463, section 3.2) says that the address is wrong. */
function isUnknownRecipient({ response }: TransportError): boolean {
  return /^5\d\d[ -]5\.1\.(1|2|3|6|10) /.test(response ?? '');
}

/** Leaves out the message, because email servers repeat the recipient in it. */
function describeError({ name, code, responseCode, command }: TransportError): string {
  return [code ?? name, responseCode, command].filter(Boolean).join(' ');
}
