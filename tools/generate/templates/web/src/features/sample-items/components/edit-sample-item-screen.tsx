'use client';

import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { buttonVariants } from '@/components/ui/button-variants';
import { Skeleton } from '@/components/ui/skeleton';
import { ApiError, getErrorMessage } from '@/lib/api/api-error';
import { useDeleteSampleItem } from '../api/delete-sample-item';
import { useSampleItem } from '../api/get-sample-item';
import { useUpdateSampleItem } from '../api/update-sample-item';
import { changesBetween, toSampleItemForm } from '../sample-item-form-schema';
import { SampleItemForm } from './sample-item-form';

export function EditSampleItemScreen({ id }: { id: string }) {
  const { data, error, refetch } = useSampleItem(id);
  const { mutateAsync: update } = useUpdateSampleItem(id);

  if (error instanceof ApiError && [400, 404].includes(error.status)) {
    return (
      <div className="grid justify-items-start gap-4">
        <h1 className="text-3xl font-semibold tracking-tight">Sample item not found</h1>
        <p className="text-muted-foreground">It was deleted, or it belongs to another user.</p>
        <Link href="/sample-items" className={buttonVariants()}>
          All sample items
        </Link>
      </div>
    );
  }
  if (error) {
    return (
      <div className="grid justify-items-start gap-4">
        <Alert variant="destructive">{getErrorMessage(error)}</Alert>
        <Button variant="outline" onClick={() => refetch()}>
          Try again
        </Button>
      </div>
    );
  }
  if (!data) {
    return <Skeleton className="h-72" />;
  }

  const before = toSampleItemForm(data.sampleItem);
  return (
    <div className="grid max-w-xl gap-6">
      <h1 className="text-3xl font-semibold tracking-tight">Edit sample item</h1>
      <SampleItemForm
        values={before}
        draft={`sample-item.${id}`}
        save={(after) => update({ changes: changesBetween(before, after), etag: data.etag })}
      >
        <DeleteButton id={id} />
      </SampleItemForm>
    </div>
  );
}

/** Deletes at the second click, because a deletion can't be undone. */
function DeleteButton({ id }: { id: string }) {
  const router = useRouter();
  const { mutate: remove, isPending } = useDeleteSampleItem(id);
  const [isConfirming, setIsConfirming] = useState(false);

  function handleClick() {
    if (!isConfirming) {
      setIsConfirming(true);
      return;
    }
    // React Query skips this callback if the user has left the page.
    remove(undefined, { onSuccess: () => router.push('/sample-items') });
  }

  return (
    <Button
      variant={isConfirming ? 'destructive' : 'ghost'}
      className="mr-auto"
      loading={isPending}
      onClick={handleClick}
    >
      {isConfirming ? 'Delete permanently' : 'Delete'}
    </Button>
  );
}
