import { Skeleton } from '@/components/ui/skeleton';

const widths = ['w-3/5', 'w-2/5', 'w-1/2', 'w-2/3', 'w-1/3'];

/** Stands for the list while it loads, in the height of its rows. */
export function TaskListSkeleton() {
  return (
    <div aria-busy className="divide-y divide-line rounded-2xl border border-line bg-surface">
      <p className="sr-only">Loading your tasks</p>
      {widths.map((width) => (
        <div key={width} className="flex h-14 items-center gap-3.5 px-4">
          <Skeleton className="size-5.5 shrink-0 rounded-full" />
          <Skeleton className={`h-4 ${width}`} />
        </div>
      ))}
    </div>
  );
}
