'use client';

import { ChevronLeft, ChevronRight } from 'lucide-react';
import type { ComponentProps } from 'react';
import { DayPicker, type Modifiers } from 'react-day-picker';
import { cn } from '@/lib/cn';
import { buttonVariants } from './button-variants';

// In the language of the browser, like its own date fields.
const fullDate = new Intl.DateTimeFormat(undefined, { dateStyle: 'full' });
const monthAndYear = new Intl.DateTimeFormat(undefined, { month: 'long', year: 'numeric' });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'short' });
const longWeekday = new Intl.DateTimeFormat(undefined, { weekday: 'long' });

export function Calendar({ classNames, ...props }: ComponentProps<typeof DayPicker>) {
  return (
    <DayPicker
      showOutsideDays
      weekStartsOn={getFirstDayOfWeek()}
      formatters={{ formatCaption: monthAndYear.format, formatWeekdayName: weekday.format }}
      components={{ Chevron }}
      labels={{
        labelDayButton: getDayLabel,
        labelGrid: monthAndYear.format,
        labelWeekday: longWeekday.format,
        labelPrevious: () => 'Previous month',
        labelNext: () => 'Next month',
      }}
      classNames={{
        months: 'relative',
        nav: 'absolute inset-x-0 top-0 flex justify-between',
        button_previous: cn(buttonVariants({ variant: 'ghost' }), 'size-9 px-0'),
        button_next: cn(buttonVariants({ variant: 'ghost' }), 'size-9 px-0'),
        month_caption: 'grid h-9 place-items-center text-sm font-medium',
        month_grid: 'mt-2 border-collapse',
        weekday: 'size-9 text-xs font-normal text-muted-foreground',
        day: 'p-0 text-center text-sm',
        day_button: 'size-9 rounded-lg transition-colors hover:bg-accent',
        today: '[&>button]:font-semibold [&>button]:text-primary',
        outside: '[&>button]:text-muted-foreground',
        selected:
          '[&>button]:bg-primary [&>button]:text-primary-foreground [&>button]:hover:bg-primary-hover',
        disabled: 'opacity-50',
        ...classNames,
      }}
      {...props}
    />
  );
}

function Chevron({ orientation }: { orientation?: 'left' | 'right' | 'up' | 'down' }) {
  return orientation === 'left' ? <ChevronLeft className="size-4" /> : <ChevronRight className="size-4" />;
}

type Day = 0 | 1 | 2 | 3 | 4 | 5 | 6;

interface LocaleWithWeek extends Intl.Locale {
  getWeekInfo?: () => { firstDay: number };
}

/** Returns the first day of the week where the user lives, 0 for Sunday. Monday where the browser doesn't know it. */
function getFirstDayOfWeek(): Day {
  const locale: LocaleWithWeek = new Intl.Locale(fullDate.resolvedOptions().locale);
  return ((locale.getWeekInfo?.().firstDay ?? 1) % 7) as Day;
}

/** The name includes the visible number, so that speech input finds the day (WCAG 2.5.3). */
function getDayLabel(day: Date, { today, selected }: Modifiers): string {
  return [today && 'Today', fullDate.format(day), selected && 'selected'].filter(Boolean).join(', ');
}
