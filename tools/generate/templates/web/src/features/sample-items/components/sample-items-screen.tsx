'use client';

import Link from 'next/link';
import type { Schemas } from '@app/api-client';
import { Alert } from '@/components/ui/alert';
import { Button, buttonVariants } from '@/components/ui/button';
import { Skeleton } from '@/components/ui/skeleton';
import { getErrorMessage } from '@/lib/api/api-error';
import { useSampleItems } from '../api/list-sample-items';

export function SampleItemsScreen() {
  const { data, error, isFetching, isFetchingNextPage, hasNextPage, fetchNextPage, refetch } =
    useSampleItems();
  const rows = data?.pages.flatMap(({ items }) => items);

  return (
    <div className="grid gap-6">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h1 className="text-3xl font-semibold tracking-tight">Sample items</h1>
        <Link href="/sample-items/new" className={buttonVariants()}>
          New sample item
        </Link>
      </div>
      {error && (
        <Alert variant="destructive">
          {getErrorMessage(error)}{' '}
          <Button variant="ghost" size="sm" loading={isFetching} onClick={() => refetch()}>
            Try again
          </Button>
        </Alert>
      )}
      {!rows && !error && <Skeleton className="h-72" />}
      {rows?.length === 0 && <p className="text-muted-foreground">No sample items yet.</p>}
      {rows && rows.length > 0 && (
        <ul
          aria-label="Sample items"
          className="divide-y divide-border overflow-clip rounded-2xl border bg-card shadow-card"
        >
          {rows.map((sampleItem) => (
            <li key={sampleItem.id}>
              <Link
                href={`/sample-items/${sampleItem.id}`}
                className="block px-5 py-4 wrap-anywhere hover:bg-accent"
              >
                {titleOf(sampleItem)}
              </Link>
            </li>
          ))}
        </ul>
      )}
      {hasNextPage && (
        <Button variant="ghost" loading={isFetchingNextPage} onClick={() => fetchNextPage()}>
          Show more
        </Button>
      )}
    </div>
  );
}

function titleOf(sampleItem: Schemas['SampleItem']): string {
  return new Date(sampleItem.createdAt).toLocaleString();
}
