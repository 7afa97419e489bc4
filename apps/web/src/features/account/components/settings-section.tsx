import type { ReactNode, Ref } from 'react';

interface SettingsSectionProps {
  title: string;
  text?: ReactNode;
  /** For a section that moves the focus to its heading. */
  headingRef?: Ref<HTMLHeadingElement>;
  children: ReactNode;
}

export function SettingsSection({ title, text, headingRef, children }: SettingsSectionProps) {
  return (
    <section className="grid gap-5 rounded-2xl border bg-card p-5 shadow-card sm:p-7">
      <header className="grid gap-1">
        <h2
          ref={headingRef}
          tabIndex={headingRef ? -1 : undefined}
          className="text-lg font-semibold tracking-tight outline-none"
        >
          {title}
        </h2>
        {text && <p className="text-sm text-muted-foreground text-pretty">{text}</p>}
      </header>
      {children}
    </section>
  );
}
