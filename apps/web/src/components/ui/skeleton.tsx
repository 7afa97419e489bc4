import type { ComponentProps } from 'react';
import { cn } from '@/lib/cn';

/** A placeholder for content that is loading, in its size. */
export function Skeleton({ className, ...props }: ComponentProps<'div'>) {
  return <div aria-hidden className={cn('animate-pulse rounded-md bg-border/70', className)} {...props} />;
}
