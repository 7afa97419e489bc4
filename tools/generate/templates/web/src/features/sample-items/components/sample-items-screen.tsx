'use client';

import { ListPlus, SearchX } from 'lucide-react';
import Link from 'next/link';
import type { Schemas } from '@app/api-client';
import { EmptyList } from '@/components/lists/empty-list';
import { ListToolbar } from '@/components/lists/list-toolbar';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { buttonVariants } from '@/components/ui/button-variants';
import { Skeleton } from '@/components/ui/skeleton';
import { getErrorMessage } from '@/lib/api/api-error';
import { cn } from '@/lib/cn';
import { formatDate } from '@/lib/lists/format';
import { isFiltered, useListView } from '@/lib/lists/use-list-view';
import { useSampleItems } from '../api/list-sample-items';
import { sampleItemListOptions } from '../sample-item-list-options';

export function SampleItemsScreen() {
  const { view, setView } = useListView(sampleItemListOptions);
  const {
    data,
    error,
    isFetching,
    isFetchingNextPage,
    isPlaceholderData,
    hasNextPage,
    fetchNextPage,
    refetch,
  } = useSampleItems(view);
  const rows = data?.pages.flatMap(({ items }) => items);
  const isEmpty = rows?.length === 0 && !hasNextPage;

  return (
    <div className="grid gap-5">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h1 className="text-3xl font-semibold tracking-tight">Sample items</h1>
        <Link href="/sample-items/new" className={buttonVariants()}>
          New sample item
        </Link>
      </div>
      {(!isEmpty || isFiltered(view)) && (
        <ListToolbar options={sampleItemListOptions} view={view} setView={setView} />
      )}
      {error && (
        <Alert variant="destructive">
          {getErrorMessage(error)}{' '}
          <Button variant="ghost" size="sm" loading={isFetching} onClick={() => refetch()}>
            Try again
          </Button>
        </Alert>
      )}
      {!rows && !error && <Skeleton className="h-72" />}
      {isEmpty && !isFiltered(view) && (
        <EmptyList
          icon={ListPlus}
          title="No sample items yet"
          text="The sample items that you add appear here."
        >
          <Link href="/sample-items/new" className={buttonVariants({ variant: 'outline' })}>
            Add the first one
          </Link>
        </EmptyList>
      )}
      {isEmpty && isFiltered(view) && (
        <EmptyList
          icon={SearchX}
          title="No sample items found"
          text="Nothing matches the search and the filters. Try fewer of them."
        >
          <Button
            variant="outline"
            onClick={() =>
              setView(
                Object.fromEntries(
                  ['search', ...Object.keys(sampleItemListOptions.filters)].map((name) => [name, '']),
                ),
              )
            }
          >
            Show all
          </Button>
        </EmptyList>
      )}
      {rows && rows.length > 0 && (
        <ul
          aria-label="Sample items"
          aria-busy={isPlaceholderData}
          className={cn(
            'divide-y divide-border overflow-clip rounded-2xl border bg-card shadow-card',
            isPlaceholderData && 'opacity-60',
          )}
        >
          {rows.map((sampleItem) => (
            <li key={sampleItem.id}>
              <Link
                href={`/sample-items/${sampleItem.id}`}
                className="grid min-h-14 content-center gap-0.5 px-5 py-3 -outline-offset-2 wrap-anywhere hover:bg-accent/60"
              >
                <span className="line-clamp-2">{titleOf(sampleItem)}</span>
                <span className="line-clamp-2 text-[0.8125rem] text-muted-foreground">
                  {detailsOf(sampleItem).filter(Boolean).join(' · ')}
                </span>
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

/** The second line of a row. */
function detailsOf(sampleItem: Schemas['SampleItem']): (string | false | null | undefined)[] {
  return [`Added ${formatDate(sampleItem.createdAt)}`];
}
