import type { ReactNode } from 'react';

interface SettingsSectionProps {
  title: string;
  text?: ReactNode;
  children: ReactNode;
}

export function SettingsSection({ title, text, children }: SettingsSectionProps) {
  return (
    <section className="grid gap-5 rounded-2xl border bg-card p-5 shadow-card sm:p-7">
      <header className="grid gap-1">
        <h2 className="text-lg font-semibold tracking-tight">{title}</h2>
        {text && <p className="text-sm text-muted-foreground text-pretty">{text}</p>}
      </header>
      {children}
    </section>
  );
}
