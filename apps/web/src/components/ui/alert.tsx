import { CircleAlert, CircleCheck, Info } from 'lucide-react';
import type { ReactNode } from 'react';
import { cn } from '@/lib/cn';

const variants = {
  destructive: { icon: CircleAlert, role: 'alert', style: 'bg-destructive-soft text-destructive' },
  success: { icon: CircleCheck, role: 'status', style: 'bg-primary-soft text-foreground' },
  default: { icon: Info, role: undefined, style: 'bg-muted text-foreground' },
} as const;

interface AlertProps {
  variant?: keyof typeof variants;
  className?: string;
  children: ReactNode;
}

/** A message about the whole form or page. Screen readers announce errors and successes. */
export function Alert({ variant = 'default', className, children }: AlertProps) {
  const { icon: Icon, role, style } = variants[variant];
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
