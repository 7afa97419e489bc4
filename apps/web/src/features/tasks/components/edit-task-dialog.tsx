'use client';

import { type ReactNode, useRef, useState } from 'react';
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
import { useDeleteTask } from '../api/delete-task';
import { useTask } from '../api/get-task';
import { findNeighbor, focusRow } from '../task-focus';
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
  const deleteTask = useDeleteTask();
  const neighbor = useRef<HTMLElement>(undefined);

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
    <TaskDialog
      title="Edit task"
      onClose={isDirty ? () => setIsLeaving(true) : onClose}
      onFocusLost={() => focusRow(neighbor.current)}
    >
      {data ? (
        <EditTaskForm
          loaded={data}
          onDirtyChange={setIsDirty}
          isLeaving={isLeaving}
          onStay={() => setIsLeaving(false)}
          onClose={onClose}
          onDelete={() => {
            neighbor.current = findNeighbor(id);
            deleteTask(data.task);
          }}
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
  onFocusLost?: () => void;
  children: ReactNode;
}

function TaskDialog({ title, onClose, onFocusLost, children }: TaskDialogProps) {
  return (
    <Dialog open onOpenChange={onClose}>
      <DialogContent aria-describedby={undefined} onFocusLost={onFocusLost}>
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
