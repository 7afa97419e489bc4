'use client';

import { Dialog, DialogBody, DialogContent, DialogHeader, DialogTitle } from '@/components/ui/dialog';
import { Kbd } from '@/components/ui/kbd';

const shortcuts = [
  { keys: ['n'], action: 'New task' },
  { keys: ['/'], action: 'Search' },
  { keys: ['j', 'k'], action: 'Next or previous task' },
  { keys: ['x'], action: 'Check off or reopen task' },
  { keys: ['e'], action: 'Edit task' },
  { keys: ['#', 'Delete'], action: 'Delete task' },
  { keys: ['z'], action: 'Undo delete' },
  { keys: ['1', '2', '3', '4', '5'], action: 'Open, today, overdue, done, all' },
  { keys: ['?'], action: 'Show shortcuts' },
];

export function KeyboardShortcutsDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog open onOpenChange={onClose}>
      <DialogContent aria-describedby={undefined} className="max-w-md">
        <DialogHeader>
          <DialogTitle>Keyboard shortcuts</DialogTitle>
        </DialogHeader>
        <DialogBody>
          <dl className="grid gap-1">
            {shortcuts.map(({ keys, action }) => (
              <div key={action} className="flex items-center justify-between gap-4 py-1.5">
                <dt className="text-[0.9375rem]">{action}</dt>
                <dd className="flex shrink-0 gap-1">
                  {keys.map((key) => (
                    <Kbd key={key}>{key}</Kbd>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
          <p className="mt-4 text-sm text-muted-foreground">
            They work in your list of tasks. You can turn them off in Settings, under Appearance.
          </p>
        </DialogBody>
      </DialogContent>
    </Dialog>
  );
}
