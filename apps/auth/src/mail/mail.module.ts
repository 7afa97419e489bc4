import { type DynamicModule, Logger, Module } from '@nestjs/common';
import { MAIL_OPTIONS, Mailer, type MailOptions } from './mailer.js';
import { fileTransport, smtpTransport, type Transport } from './transports.js';

export interface MailModuleOptions extends Omit<MailOptions, 'transport'> {
  smtpUrl?: string;
  /** Folder that emails are written to if `smtpUrl` is not set. Without either, no email is sent. */
  directory?: string;
}

/** Provides the `Mailer`, which sends email through SMTP or writes it to files. */
@Module({})
export class MailModule {
  static forRoot(options: MailModuleOptions): DynamicModule {
    const { baseUrl, secret } = options;
    return {
      module: MailModule,
      global: true,
      providers: [
        {
          provide: MAIL_OPTIONS,
          useFactory: (): MailOptions => ({ baseUrl, secret, transport: selectTransport(options) }),
        },
        Mailer,
      ],
      exports: [Mailer],
    };
  }
}

function selectTransport({ smtpUrl, baseUrl, directory }: MailModuleOptions): Transport | undefined {
  if (smtpUrl) {
    return smtpTransport(smtpUrl, new URL(baseUrl).hostname);
  }
  if (directory) {
    return fileTransport(directory);
  }
  new Logger('Mail').warn(
    'SMTP_URL is not set. Requests that send email, such as password resets, are rejected with 503.',
  );
  return undefined;
}
