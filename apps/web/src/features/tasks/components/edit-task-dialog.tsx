'use client';

import { type ReactNode, useState } from 'react';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import {
  Dialog,
  DialogBody,
  DialogContent,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from '@/components/ui/dialog';
import { Skeleton } from '@/components/ui/skeleton';
import { ApiError, getErrorMessage } from '@/lib/api/api-error';
import { useTask } from '../api/get-task';
import { EditTaskForm } from './edit-task-form';

interface EditTaskDialogProps {
  id: string;
  onClose: () => void;
}

/** Shows and edits one task. Asks before it discards changes. */
export function EditTaskDialog({ id, onClose }: EditTaskDialogProps) {
  const { data, error, isFetching, refetch } = useTask(id);
  const [isDirty, setIsDirty] = useState(false);
  const [isLeaving, setIsLeaving] = useState(false);

  // The API responds with 400 if the id is not a UUID.
  if (error instanceof ApiError && [400, 404].includes(error.status)) {
    return (
      <TaskDialog title="Task not found" onClose={onClose}>
        <p className="text-muted-foreground">It was deleted, or it isn’t yours.</p>
        <DialogFooter>
          <Button onClick={onClose}>Back to your tasks</Button>
        </DialogFooter>
      </TaskDialog>
    );
  }
  return (
    <TaskDialog title="Edit task" onClose={isDirty ? () => setIsLeaving(true) : onClose}>
      {data ? (
        <EditTaskForm
          loaded={data}
          onDirtyChange={setIsDirty}
          isLeaving={isLeaving}
          onStay={() => setIsLeaving(false)}
          onClose={onClose}
        />
      ) : error ? (
        <Alert variant="destructive">
          <div className="flex flex-wrap items-center justify-between gap-3">
            {getErrorMessage(error)}
            <Button variant="outline" size="sm" loading={isFetching} onClick={() => refetch()}>
              Try again
            </Button>
          </div>
        </Alert>
      ) : (
        <EditTaskSkeleton />
      )}
    </TaskDialog>
  );
}

interface TaskDialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
}

function TaskDialog({ title, onClose, children }: TaskDialogProps) {
  return (
    <Dialog open onOpenChange={onClose}>
      <DialogContent aria-describedby={undefined}>
        <DialogHeader>
          <DialogTitle>{title}</DialogTitle>
        </DialogHeader>
        <DialogBody>{children}</DialogBody>
      </DialogContent>
    </Dialog>
  );
}

function EditTaskSkeleton() {
  return (
    <div aria-busy className="grid gap-5 pt-6">
      <p className="sr-only">Loading task</p>
      <Skeleton className="h-11" />
      <Skeleton className="mt-6 h-32" />
      <Skeleton className="mt-6 h-11" />
      <Skeleton className="mt-8 h-10" />
    </div>
  );
}
