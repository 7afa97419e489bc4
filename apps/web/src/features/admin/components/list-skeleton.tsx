import { Skeleton } from '@/components/ui/skeleton';

export function ListSkeleton({ label }: { label: string }) {
  return (
    <div aria-busy className="divide-y rounded-2xl border bg-card">
      <p className="sr-only">{label}</p>
      {['w-2/5', 'w-1/2', 'w-1/3'].map((width) => (
        <div key={width} className="grid h-18 content-center gap-2 px-4">
          <Skeleton className={`h-4 ${width}`} />
          <Skeleton className="h-3 w-1/4" />
        </div>
      ))}
    </div>
  );
}
