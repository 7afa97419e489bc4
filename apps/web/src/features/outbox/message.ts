export interface OutboxMessage {
  file: string;
  to: string;
  subject: string;
  /** ISO 8601, or empty if the name of the file has no time. */
  sentAt: string;
  text: string;
}

/** Parses a file of the outbox: headers, an empty line, and the text. Its name begins with the time, without colons. */
export function parseMessage(file: string, content: string): OutboxMessage {
  const [head = '', ...text] = content.split('\n\n');
  const header = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(head)?.[1] ?? '';
  const time = /^(\d{4}-\d\d-\d\dT\d\d)-(\d\d)-([\d.]+Z)/.exec(file);
  return {
    file,
    to: header('To'),
    subject: header('Subject'),
    sentAt: time ? time.slice(1).join(':') : '',
    text: text.join('\n\n'),
  };
}
