import type { ReactNode } from 'react';

interface AccountCardProps {
  title: string;
  text?: string;
  children: ReactNode;
}

/** The layout of the sign-in, sign-up and password pages. */
export function AccountCard({ title, text, children }: AccountCardProps) {
  return (
    <section className="grid gap-6">
      <header className="grid gap-1.5">
        <h1 className="text-2xl font-semibold tracking-tight text-balance">{title}</h1>
        {text && <p className="text-muted-foreground text-pretty">{text}</p>}
      </header>
      {children}
    </section>
  );
}
