import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

interface EmptyListProps {
  icon: LucideIcon;
  title: string;
  text: string;
  /** A button or link: what to do next. */
  children: ReactNode;
}

/** Replaces an empty list: says why it is empty, and what to do. */
export function EmptyList({ icon: Icon, title, text, children }: EmptyListProps) {
  return (
    <div className="grid justify-items-center gap-2 rounded-2xl border border-dashed px-6 py-14 text-center">
      <Icon aria-hidden className="mb-2 size-8 text-muted-foreground" strokeWidth={1.5} />
      <p className="font-medium">{title}</p>
      <p className="mb-3 max-w-sm text-sm text-muted-foreground text-pretty">{text}</p>
      {children}
    </div>
  );
}
