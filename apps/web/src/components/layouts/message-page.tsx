import type { ReactNode } from 'react';
import { Logo } from './logo';

interface MessageProps {
  title: string;
  text: string;
  children: ReactNode;
}

/** A full page with a short message and what to do next. */
export function MessagePage(props: MessageProps) {
  return (
    <main className="mx-auto grid min-h-dvh max-w-md content-center justify-items-center gap-7 px-6 py-16">
      <Logo />
      <Message {...props} />
    </main>
  );
}

/** The message without the page around it. */
export function Message({ title, text, children }: MessageProps) {
  return (
    <div className="grid justify-items-center gap-3 text-center">
      <h1 className="text-2xl font-semibold tracking-tight text-balance">{title}</h1>
      <p className="text-muted-foreground text-pretty">{text}</p>
      <div className="mt-4 flex flex-wrap justify-center gap-3">{children}</div>
    </div>
  );
}
