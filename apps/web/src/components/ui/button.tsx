import { cva, type VariantProps } from 'class-variance-authority';
import type { ComponentProps } from 'react';
import { cn } from '@/lib/cn';

export const buttonStyle = cva(
  'inline-flex items-center justify-center gap-2 rounded-lg font-medium whitespace-nowrap transition-colors select-none disabled:cursor-default',
  {
    variants: {
      tone: {
        primary: 'bg-accent text-on-accent hover:bg-accent-hover',
        plain: 'border border-line bg-surface text-text hover:bg-hover',
        quiet: 'text-muted hover:bg-hover hover:text-text',
        danger: 'bg-danger text-on-danger hover:bg-danger-hover',
      },
      size: {
        small: 'h-8 px-3 text-sm',
        medium: 'h-10 px-4 text-[0.9375rem]',
        large: 'h-12 px-6 text-base',
        icon: 'size-10',
      },
    },
    defaultVariants: { tone: 'primary', size: 'medium' },
  },
);

interface ButtonProps extends ComponentProps<'button'>, VariantProps<typeof buttonStyle> {
  /** While true the button can't be pressed again, keeps its focus, and says that it is busy. */
  busy?: boolean;
}

export function Button({
  tone,
  size,
  busy = false,
  className,
  type = 'button',
  children,
  onClick,
  ...props
}: ButtonProps) {
  return (
    <button
      type={type}
      className={cn(buttonStyle({ tone, size }), busy && 'cursor-progress', className)}
      aria-busy={busy || undefined}
      aria-disabled={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}
      {...props}
    >
      {busy && <Spinner />}
      {children}
    </button>
  );
}

function Spinner() {
  return (
    <span
      aria-hidden
      className="size-4 animate-spin rounded-full border-2 border-current border-t-transparent motion-reduce:animate-none"
    />
  );
}
