import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { callbackify } from 'node:util';
import { SMTPServer, type SMTPServerEnvelope } from 'smtp-server';
import { closeAfterTests } from './teardown.js';

export interface ReceivedEmail {
  from: string;
  to: string[];
  subject: string;
  text: string;
  /** The first link in the text. */
  link: URL;
}

/** An SMTP server that stores the emails it receives. */
export class Mailbox {
  readonly emails: ReceivedEmail[] = [];
  /** Rejects every email. */
  rejectsAll = false;
  /** Delay before an email is accepted. */
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

  /** Waits for an email to `address` and returns the newest one. */
  async emailTo(address: string, subject: RegExp): Promise<ReceivedEmail> {
    for (let attempt = 0; attempt < 200; attempt++) {
      const email = this.emails.findLast(({ to, subject: s }) => to.includes(address) && subject.test(s));
      if (email) {
        return email;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`No email to ${address} arrived.`);
  }

  private async receive(stream: Readable, { mailFrom, rcptTo }: SMTPServerEnvelope): Promise<void> {
    const source = await text(stream);
    await new Promise((resolve) => setTimeout(resolve, this.delayMs));
    if (this.rejectsAll) {
      throw new Error('Rejected by the test');
    }
    const to = rcptTo.map(({ address }) => address);
    this.emails.push(parse(source, mailFrom ? mailFrom.address : '', to));
  }
}

function parse(source: string, from: string, to: string[]): ReceivedEmail {
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
