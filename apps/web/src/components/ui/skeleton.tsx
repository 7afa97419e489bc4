import { cn } from '@/lib/cn';

/** Stands where something is about to be, in its size. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={cn('block animate-pulse rounded-md bg-border/70', className)} />;
}
