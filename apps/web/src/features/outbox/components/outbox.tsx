import Link from 'next/link';
import { Logo } from '@/components/layouts/logo';
import type { OutboxMessage } from '../api/read-outbox';

export function Outbox({ messages }: { messages: OutboxMessage[] }) {
  return (
    <main className="mx-auto grid max-w-2xl gap-5 px-4 py-8">
      <Link href="/" className="flex w-fit rounded-lg">
        <Logo />
      </Link>
      <h1 className="text-2xl font-semibold tracking-tight">Outbox</h1>
      <p className="text-muted-foreground">
        Emails your app would have sent, newest first. Development only.
      </p>
      {messages.length === 0 && <p>No emails yet.</p>}
      {messages.map(({ file, text }) => (
        <article key={file} className="grid gap-3 rounded-2xl border bg-card p-5 shadow-card">
          <h2 className="text-sm font-medium wrap-anywhere text-muted-foreground">.data/outbox/{file}</h2>
          <p className="text-sm leading-relaxed wrap-anywhere whitespace-pre-wrap">{withLinks(text)}</p>
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
