import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { callbackify } from 'node:util';
import { SMTPServer, type SMTPServerEnvelope } from 'smtp-server';
import { closeAfterTests } from './teardown.js';

export interface ReceivedMail {
  from: string;
  to: string[];
  subject: string;
  text: string;
  /** The first link in the text. */
  link: URL;
}

/** An SMTP server that keeps what it gets. */
export class Mailbox {
  readonly mails: ReceivedMail[] = [];
  /** Set: every mail is refused. */
  refuses = false;
  /** How long a mail takes. */
  delayMs = 0;

  private constructor(private readonly server: SMTPServer) {}

  static async open(): Promise<Mailbox> {
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onData: (stream, { envelope }, done) =>
        callbackify(() => mailbox.receive(stream, envelope))((error) => done(error)),
    });
    const mailbox = new Mailbox(server);
    closeAfterTests(() => new Promise<void>((resolve) => server.close(() => resolve())));
    server.listen(0, '127.0.0.1');
    await once(server.server, 'listening');
    return mailbox;
  }

  get url(): string {
    return `smtp://127.0.0.1:${(this.server.server.address() as AddressInfo).port}`;
  }

  /** The newest mail to `address`, waited for. */
  async mailTo(address: string, subject: RegExp): Promise<ReceivedMail> {
    for (let wait = 0; wait < 200; wait++) {
      const mail = this.mails.findLast(({ to, subject: s }) => to.includes(address) && subject.test(s));
      if (mail) return mail;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`No mail to ${address} arrived.`);
  }

  private async receive(stream: Readable, { mailFrom, rcptTo }: SMTPServerEnvelope): Promise<void> {
    const source = await text(stream);
    await new Promise((resolve) => setTimeout(resolve, this.delayMs));
    if (this.refuses) throw new Error('No mail today');
    const to = rcptTo.map(({ address }) => address);
    this.mails.push(read(source, mailFrom ? mailFrom.address : '', to));
  }
}

function read(source: string, from: string, to: string[]): ReceivedMail {
  const [head = '', ...body] = source.split('\r\n\r\n');
  const quotedPrintable = /^content-transfer-encoding: quoted-printable/im.test(head);
  const raw = body.join('\r\n\r\n');
  const plain = quotedPrintable
    ? raw
        .replace(/=\r\n/g, '')
        .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
    : raw;
  return {
    from,
    to,
    subject: /^subject: (.*)$/im.exec(head)?.[1] ?? '',
    text: plain,
    link: new URL(/https?:\/\/\S+/.exec(plain)?.[0] ?? 'http://none'),
  };
}
