import type { ReactNode } from 'react';
import { Logo } from './logo';

interface MessagePageProps {
  title: string;
  text: string;
  children: ReactNode;
}

/** A full page with a short message and what to do next. */
export function MessagePage({ title, text, children }: MessagePageProps) {
  return (
    <main className="mx-auto grid min-h-dvh max-w-md content-center justify-items-center gap-3 px-6 py-16 text-center">
      <div className="mb-4">
        <Logo />
      </div>
      <h1 className="text-2xl font-semibold tracking-tight text-balance">{title}</h1>
      <p className="text-muted-foreground text-pretty">{text}</p>
      <div className="mt-4 flex flex-wrap justify-center gap-3">{children}</div>
    </main>
  );
}
