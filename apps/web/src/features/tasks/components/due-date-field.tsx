'use client';

import { addDays } from 'date-fns';
import { CalendarDays, X } from 'lucide-react';
import dynamic from 'next/dynamic';
import { Popover } from 'radix-ui';
import { type Ref, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Field, inputClassName } from '@/components/ui/field';
import { Skeleton } from '@/components/ui/skeleton';
import { cn } from '@/lib/cn';
import { formatDay, parseDay } from '../date-input';
import { quickPicks } from '../due-date';

const Calendar = dynamic(() => import('@/components/ui/calendar').then((module) => module.Calendar), {
  ssr: false,
  loading: () => <Skeleton className="h-72 w-66" />,
});

interface DueDateFieldProps {
  name: string;
  /** The value of a date input: `2030-01-31`, or empty. */
  value: string;
  onChange: (value: string) => void;
  inputRef: Ref<HTMLInputElement>;
  error?: string;
}

/** A date that the user types, picks from a calendar, or sets with a quick pick. */
export function DueDateField({ name, value, onChange, inputRef, error }: DueDateFieldProps) {
  const [calendarIsOpen, setCalendarIsOpen] = useState(false);

  return (
    <div className="grid gap-2">
      <Field label="Due date" error={error}>
        {(control) => (
          <div className="flex gap-1">
            <input
              {...control}
              ref={inputRef}
              name={name}
              type="date"
              max="9999-12-31"
              value={value}
              onChange={(event) => onChange(event.target.value)}
              className={cn(
                inputClassName,
                'h-11 pointer-fine:[&::-webkit-calendar-picker-indicator]:hidden',
                !value && 'text-muted-foreground',
              )}
            />
            {value && (
              <Button
                variant="ghost"
                className="size-11 px-0"
                aria-label="Clear date"
                onClick={() => onChange('')}
              >
                <X aria-hidden className="size-4.5" />
              </Button>
            )}
            <Popover.Root open={calendarIsOpen} onOpenChange={setCalendarIsOpen}>
              <Popover.Trigger asChild>
                <Button
                  variant="outline"
                  className="size-11 px-0 pointer-coarse:hidden"
                  aria-label="Open calendar"
                >
                  <CalendarDays aria-hidden className="size-4.5" />
                </Button>
              </Popover.Trigger>
              <Popover.Portal>
                <Popover.Content
                  align="end"
                  sideOffset={6}
                  collisionPadding={8}
                  aria-label="Calendar"
                  className="z-60 animate-in fade-in-0 duration-150 ease-out rounded-xl border bg-popover p-3 shadow-float"
                >
                  <Calendar
                    mode="single"
                    required
                    // oxlint-disable-next-line jsx-a11y/no-autofocus -- arrow keys start from the selected day
                    autoFocus
                    selected={value ? parseDay(value) : undefined}
                    defaultMonth={value ? parseDay(value) : undefined}
                    onSelect={(day) => {
                      onChange(formatDay(day));
                      setCalendarIsOpen(false);
                    }}
                  />
                </Popover.Content>
              </Popover.Portal>
            </Popover.Root>
          </div>
        )}
      </Field>
      <div className="flex flex-wrap gap-2">
        {quickPicks.map(({ label, days }) => (
          <Button
            key={label}
            variant="outline"
            size="sm"
            onClick={() => onChange(formatDay(addDays(new Date(), days)))}
          >
            {label}
          </Button>
        ))}
      </div>
    </div>
  );
}
