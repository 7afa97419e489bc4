import { ArrowLeft } from 'lucide-react';
import Link from 'next/link';
import type { OutboxEmail } from '../api/read-outbox';
import { EmailPreview } from './email-preview';
import { LocalTime } from './local-time';

export function Outbox({ messages }: { messages: OutboxEmail[] }) {
  return (
    <main className="mx-auto grid max-w-2xl gap-5 px-4 py-8">
      <Link
        href="/"
        className="-ml-2 flex min-h-11 w-fit items-center gap-2 rounded-lg px-2 text-sm font-medium text-muted-foreground transition-colors hover:text-foreground"
      >
        <ArrowLeft aria-hidden className="size-4" />
        Back to the app
      </Link>
      <h1 className="text-2xl font-semibold tracking-tight">Outbox</h1>
      <p className="text-muted-foreground">
        Emails that your app would have sent, newest first. Only in development.
      </p>
      {messages.length === 0 && <p>No emails yet.</p>}
      {messages.map(({ file, to, subject, sentAt, text, html }) => (
        <article key={file} className="overflow-hidden rounded-2xl border bg-card shadow-card">
          <header className="grid gap-1 border-b px-5 py-4">
            <h2 className="font-semibold wrap-anywhere">{subject}</h2>
            <p className="text-sm wrap-anywhere text-muted-foreground">
              To {to}
              {sentAt && (
                <>
                  {' · '}
                  <LocalTime time={sentAt} />
                </>
              )}
            </p>
          </header>
          {html && <EmailPreview html={html} title={`Email: ${subject}`} />}
          <details open={!html} className="border-t px-5 py-3">
            <summary className="w-fit cursor-pointer text-sm font-medium">Text alternative</summary>
            <p className="mt-3 text-sm leading-relaxed wrap-anywhere whitespace-pre-wrap">
              {withLinks(text)}
            </p>
          </details>
          <footer className="border-t px-5 py-3 text-xs wrap-anywhere text-muted-foreground">
            .data/outbox/{file}
          </footer>
        </article>
      ))}
    </main>
  );
}

function withLinks(text: string) {
  return text.split(/(https?:\/\/\S*[^\s.,])/).map((part, index) =>
    index % 2 === 1 ? (
      <a key={part} href={part} className="text-primary underline underline-offset-4">
        {part}
      </a>
    ) : (
      part
    ),
  );
}
