import { type DynamicModule, Logger, Module } from '@nestjs/common';
import { Mailer, outboxTransport, smtpTransport, type Transport } from './mailer.js';

export interface MailOptions {
  smtpUrl?: string;
  /** Domain of the sender, where the URL names none. */
  domain: string;
  /** Folder for mails where there is no `smtpUrl`; without one, none are sent. */
  outbox?: string;
}

/** Sends mail to where the options say. */
@Module({})
export class MailModule {
  static forRoot(options: MailOptions): DynamicModule {
    return {
      module: MailModule,
      global: true,
      providers: [{ provide: Mailer, useFactory: () => new Mailer(transport(options)) }],
      exports: [Mailer],
    };
  }
}

function transport({ smtpUrl, domain, outbox }: MailOptions): Transport | undefined {
  if (smtpUrl) return smtpTransport(smtpUrl, domain);
  if (outbox) return outboxTransport(outbox);
  new Logger('Mail').warn(
    'SMTP_URL is not set: what needs mail, such as a password reset, is answered with 503.',
  );
  return undefined;
}
