'use client';

import type { VariantProps } from 'class-variance-authority';
import { Slot } from 'radix-ui';
import type { ComponentProps } from 'react';
import { cn } from '@/lib/cn';
import { useHydrated } from '@/lib/hooks/use-hydrated';
import { buttonVariants } from './button-variants';

interface ButtonProps extends ComponentProps<'button'>, VariantProps<typeof buttonVariants> {
  /** Shows a spinner and ignores clicks. The button keeps its focus, which `disabled` would take away. */
  loading?: boolean;
  /** Renders the child, such as a link, with the look of a button. */
  asChild?: boolean;
}

/** A button, which is disabled until React handles its clicks. */
export function Button({
  variant,
  size,
  loading = false,
  asChild = false,
  className,
  type = 'button',
  children,
  disabled = false,
  onClick,
  ...props
}: ButtonProps) {
  const isHydrated = useHydrated();
  const classes = cn(buttonVariants({ variant, size }), loading && 'cursor-progress', className);
  if (asChild) {
    return (
      <Slot.Root className={classes} onClick={onClick} {...props}>
        {children}
      </Slot.Root>
    );
  }
  return (
    <button
      type={type}
      className={classes}
      disabled={disabled || !isHydrated}
      aria-busy={loading || undefined}
      aria-disabled={loading || undefined}
      onClick={loading ? (event) => event.preventDefault() : onClick}
      {...props}
    >
      {loading && <Spinner />}
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
