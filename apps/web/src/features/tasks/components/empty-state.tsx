import { CircleCheckBig, ListPlus, SearchX } from 'lucide-react';
import { Kbd } from '@/components/ui/kbd';
import type { TaskView } from '../task-view';

/** What stands in place of a list with nothing in it: why, and what to do. */
export function EmptyState({ view }: { view: TaskView }) {
  const { icon: Icon, title, text } = reasonFor(view);
  return (
    <div className="grid justify-items-center gap-2 rounded-2xl border border-dashed border-border px-6 py-14 text-center">
      <Icon aria-hidden className="mb-2 size-8 text-muted-foreground" strokeWidth={1.5} />
      <p className="font-medium">{title}</p>
      <p className="max-w-sm text-sm text-muted-foreground text-pretty">{text}</p>
    </div>
  );
}

function reasonFor({ filter, search }: TaskView) {
  if (search) {
    return {
      icon: SearchX,
      title: `Nothing found for “${search}”`,
      text: 'Titles and notes are searched. Try fewer words.',
    };
  }
  if (filter === 'open') {
    return { icon: CircleCheckBig, title: 'All done', text: 'Nothing is open. Enjoy the rest of the day.' };
  }
  if (filter === 'done') {
    return {
      icon: CircleCheckBig,
      title: 'Nothing done yet',
      text: 'Tasks that you check off are kept here.',
    };
  }
  return {
    icon: ListPlus,
    title: 'Nothing to do yet',
    text: (
      <>
        Write your first task into the field above and press <Kbd>Enter</Kbd>.
      </>
    ),
  };
}
