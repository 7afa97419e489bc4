import { Check } from 'lucide-react';
import Link from 'next/link';
import { Logo } from '@/components/layouts/logo';
import { buttonVariants } from '@/components/ui/button-variants';
import { cn } from '@/lib/cn';

const sample = [
  { title: 'Call the dentist', due: 'Today', completed: true },
  { title: 'Write the talk for Thursday', due: 'Tomorrow', completed: false },
  { title: 'Find a birthday present', due: 'Fri', completed: false },
];

export function WelcomePage() {
  return (
    <div className="mx-auto flex min-h-dvh max-w-5xl flex-col px-6">
      <header className="py-5">
        <Logo />
      </header>
      <main className="grid grow content-center items-center gap-12 py-10 md:grid-cols-[1.1fr_1fr] md:gap-16 md:pb-32">
        <div className="grid gap-5">
          <h1 className="text-4xl font-semibold tracking-tight text-balance sm:text-5xl">
            Get it done. Stay calm.
          </h1>
          <p className="max-w-md text-lg text-muted-foreground text-pretty">
            Write down your tasks, see what matters today, and let go of the rest.
          </p>
          <div className="mt-2 flex flex-wrap gap-3">
            <Link href="/sign-up" className={buttonVariants({ size: 'lg' })}>
              Sign up
            </Link>
            <Link href="/sign-in" className={buttonVariants({ variant: 'outline', size: 'lg' })}>
              Sign in
            </Link>
          </div>
        </div>
        <div aria-hidden className="grid gap-1 rounded-2xl border bg-card p-3 shadow-float select-none">
          {sample.map((task) => (
            <div key={task.title} className="flex items-center gap-3.5 rounded-xl px-3 py-3.5">
              <span
                className={cn(
                  'grid size-5 shrink-0 place-items-center rounded-full border-[1.5px] border-input-strong',
                  task.completed && 'border-primary bg-primary text-primary-foreground',
                )}
              >
                {task.completed && <Check className="size-3.5" strokeWidth={3} />}
              </span>
              <span className={cn('grow', task.completed && 'text-muted-foreground line-through')}>
                {task.title}
              </span>
              <span className="text-sm text-muted-foreground">{task.due}</span>
            </div>
          ))}
        </div>
      </main>
    </div>
  );
}
