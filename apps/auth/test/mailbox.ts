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
  /** The header lines. */
  head: string;
  subject: string;
  text: string;
  html: string;
  /** The first link in the text. */
  link: URL;
}

/** An SMTP server that stores the emails it receives. It rejects recipients whose address begins with `unknown`. */
export class Mailbox {
  readonly emails: ReceivedEmail[] = [];
  /** Emails that this server began to receive, including rejected ones. */
  attempts = 0;
  /** Rejects every email, with the recipient in the message, as many servers do. */
  rejectsAll = false;
  /** Delay before an email is accepted. */
  delayMs = 0;
  private port = 0;
  private server = this.createServer();

  static async open(): Promise<Mailbox> {
    const mailbox = new Mailbox();
    await mailbox.start();
    closeAfterTests(() => mailbox.stop());
    return mailbox;
  }

  get url(): string {
    return `smtp://127.0.0.1:${this.port}`;
  }

  /** Stops listening, like a server that is down. */
  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  /** Listens on the same port as before. */
  async start(): Promise<void> {
    this.server = this.createServer();
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server.server, 'listening');
    this.port = (this.server.server.address() as AddressInfo).port;
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

  private createServer(): SMTPServer {
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onRcptTo: ({ address }, _session, done) => {
        const unknown = address.startsWith('unknown');
        done(
          unknown ? Object.assign(new Error(`5.1.1 No such user: ${address}`), { responseCode: 550 }) : null,
        );
      },
      onData: (stream, { envelope }, done) =>
        callbackify(() => this.receive(stream, envelope))((error) => done(error)),
    });
    // A client that is killed resets its connection.
    return server.on('error', () => {});
  }

  private async receive(stream: Readable, { mailFrom, rcptTo }: SMTPServerEnvelope): Promise<void> {
    const { delayMs } = this;
    this.attempts++;
    const source = await text(stream);
    await new Promise((resolve) => setTimeout(resolve, delayMs).unref());
    const to = rcptTo.map(({ address }) => address);
    if (this.rejectsAll) {
      throw new Error(`Rejected by the test: <${to.join()}>`);
    }
    this.emails.push(parse(source, mailFrom ? mailFrom.address : '', to));
  }
}

function parse(source: string, from: string, to: string[]): ReceivedEmail {
  const [head, body] = split(source);
  const boundary = /boundary="([^"]+)"/.exec(head)?.[1];
  const parts = body.split(`--${boundary}\r\n`).map(split);
  const part = (type: string) => decode(parts.find(([partHead]) => partHead.includes(`text/${type}`)) ?? []);
  const plain = part('plain');
  return {
    from,
    to,
    head,
    subject: /^subject: (.*)$/im.exec(head)?.[1] ?? '',
    text: plain,
    html: part('html').replace(/\n--.*--\n*$/, ''),
    link: new URL(/https?:\/\/\S+/.exec(plain)?.[0] ?? 'http://none'),
  };
}

function split(source: string): [string, string] {
  const end = source.indexOf('\r\n\r\n');
  return [source.slice(0, end).replace(/\r\n\s+/g, ' '), source.slice(end + 4)];
}

function decode([head = '', body = '']: string[]): string {
  const decoded = /quoted-printable/i.test(head)
    ? body
        .replace(/=\r\n/g, '')
        .replace(/(?:=[0-9A-F]{2})+/g, (bytes) =>
          Buffer.from(bytes.replaceAll('=', ''), 'hex').toString('utf8'),
        )
    : body;
  return decoded.replaceAll('\r\n', '\n');
}
