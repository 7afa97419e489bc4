'use client';

import { Dialog } from '@/components/ui/dialog';
import { Kbd } from '@/components/ui/kbd';

const shortcuts = [
  { keys: ['n'], what: 'Write a new task' },
  { keys: ['/'], what: 'Search' },
  { keys: ['j', 'k'], what: 'Next or previous task' },
  { keys: ['x'], what: 'Check the task off, or open it again' },
  { keys: ['e'], what: 'Edit the task' },
  { keys: ['#', 'Delete'], what: 'Delete the task' },
  { keys: ['z'], what: 'Undo the deletion' },
  { keys: ['1', '2', '3'], what: 'Show all, open or done tasks' },
  { keys: ['?'], what: 'Show this list' },
];

export function KeyboardShortcutsDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose} className="max-w-md">
      <dl className="grid gap-1">
        {shortcuts.map(({ keys, what }) => (
          <div key={what} className="flex items-center justify-between gap-4 py-1.5">
            <dt className="text-[0.9375rem]">{what}</dt>
            <dd className="flex shrink-0 gap-1">
              {keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      <p className="mt-4 text-sm text-muted-foreground">
        You can turn these keys off under Settings, Appearance.
      </p>
    </Dialog>
  );
}
