import { CircleAlert, CircleCheck, Info } from 'lucide-react';
import type { ReactNode } from 'react';
import { cn } from '@/lib/cn';

const looks = {
  error: { icon: CircleAlert, role: 'alert', style: 'bg-danger-soft text-danger' },
  done: { icon: CircleCheck, role: 'status', style: 'bg-accent-soft text-text' },
  info: { icon: Info, role: undefined, style: 'bg-hover text-text' },
} as const;

interface NoticeProps {
  tone: keyof typeof looks;
  className?: string;
  children: ReactNode;
}

/** A sentence that concerns the whole form or page; errors and successes are announced. */
export function Notice({ tone, className, children }: NoticeProps) {
  const { icon: Icon, role, style } = looks[tone];
  return (
    <div
      role={role}
      className={cn('flex gap-2.5 rounded-lg px-3.5 py-3 text-sm leading-relaxed', style, className)}
    >
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0" />
      <div className="min-w-0 grow">{children}</div>
    </div>
  );
}
