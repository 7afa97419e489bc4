import { cn } from '@/lib/cn';

/** A placeholder for content that is loading, in its size. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={cn('block animate-pulse rounded-md bg-border/70', className)} />;
}
