import { type DynamicModule, Logger, Module } from '@nestjs/common';
import { Mailer, outboxTransport, smtpTransport, type Transport } from './mailer.js';

export interface MailOptions {
  smtpUrl?: string;
  /** Domain of the default sender address. */
  domain: string;
  /** Folder that emails are written to if `smtpUrl` is not set. Without either, no email is sent. */
  outbox?: string;
}

/** Provides the `Mailer`, which sends email through SMTP or writes it to files. */
@Module({})
export class MailModule {
  static forRoot(options: MailOptions): DynamicModule {
    return {
      module: MailModule,
      global: true,
      providers: [{ provide: Mailer, useFactory: () => new Mailer(selectTransport(options)) }],
      exports: [Mailer],
    };
  }
}

function selectTransport({ smtpUrl, domain, outbox }: MailOptions): Transport | undefined {
  if (smtpUrl) {
    return smtpTransport(smtpUrl, domain);
  }
  if (outbox) {
    return outboxTransport(outbox);
  }
  new Logger('Mail').warn(
    'SMTP_URL is not set. Requests that send email, such as password resets, are rejected with 503.',
  );
  return undefined;
}
