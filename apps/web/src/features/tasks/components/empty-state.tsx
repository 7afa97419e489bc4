import { CircleCheckBig, ListPlus, SearchX } from 'lucide-react';
import { Kbd } from '@/components/ui/kbd';
import type { TaskView } from '../task-view';

/** Replaces an empty list: says why it is empty, and what to do. */
export function EmptyState({ view }: { view: TaskView }) {
  const { icon: Icon, title, text } = contentFor(view);
  return (
    <div className="grid justify-items-center gap-2 rounded-2xl border border-dashed px-6 py-14 text-center">
      <Icon aria-hidden className="mb-2 size-8 text-muted-foreground" strokeWidth={1.5} />
      <p className="font-medium">{title}</p>
      <p className="max-w-sm text-sm text-muted-foreground text-pretty">{text}</p>
    </div>
  );
}

function contentFor({ filter, search }: TaskView) {
  if (search) {
    return {
      icon: SearchX,
      title: `No results for “${search}”`,
      text: 'Search covers titles and notes. Try fewer words.',
    };
  }
  if (filter === 'today') {
    return {
      icon: CircleCheckBig,
      title: 'Nothing due today',
      text: 'Open tasks whose due date is today appear here.',
    };
  }
  if (filter === 'overdue') {
    return {
      icon: CircleCheckBig,
      title: 'Nothing overdue',
      text: 'Open tasks whose due date has passed appear here.',
    };
  }
  if (filter === 'done') {
    return {
      icon: CircleCheckBig,
      title: 'Nothing done yet',
      text: 'Tasks you check off appear here.',
    };
  }
  return {
    icon: ListPlus,
    title: filter === 'open' ? 'No open tasks' : 'No tasks yet',
    text: (
      <>
        Type a task above and press <Kbd>Enter</Kbd>.
      </>
    ),
  };
}
