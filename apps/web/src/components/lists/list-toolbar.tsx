'use client';

import { Search } from 'lucide-react';
import { type ComponentProps, useEffect, useEffectEvent, useRef, useState } from 'react';
import { ReferenceCombobox } from '@/components/references/reference-field';
import { inputClassName } from '@/components/ui/field';
import { cn } from '@/lib/cn';
import { useHydrated } from '@/lib/hooks/use-hydrated';
import type { ListOptions, ListView } from '@/lib/lists/use-list-view';

const typingDelayMs = 250;

interface ListToolbarProps {
  options: ListOptions;
  view: ListView;
  setView: (changes: Record<string, string>) => void;
}

/** The search, filters and order of a list. */
export function ListToolbar({ options, view, setView }: ListToolbarProps) {
  const { filters, searched, sorts } = options;
  const isHydrated = useHydrated();
  return (
    <search inert={!isHydrated} className="flex flex-wrap gap-2">
      {searched.length > 0 && (
        <div className="relative min-w-48 grow basis-full sm:basis-auto">
          <Search
            aria-hidden
            className="pointer-events-none absolute inset-y-0 left-3 my-auto size-4 text-muted-foreground"
          />
          <TextFilter
            label="Search"
            placeholder="Search"
            value={view.search}
            onChange={(search) => setView({ search })}
            className="pl-9"
          />
        </div>
      )}
      {Object.entries(filters).map(([name, { label, values, reference }]) =>
        reference ? (
          <div key={name} className="min-w-40 grow basis-40 sm:max-w-56">
            <ReferenceCombobox
              label={label}
              aria-label={label}
              placeholder={`${label}: all`}
              canClear
              source={reference}
              value={view[name] ?? ''}
              onChange={(value) => setView({ [name]: value })}
              className={heightClassName}
            />
          </div>
        ) : values ? (
          <select
            key={name}
            aria-label={label}
            value={view[name]}
            onChange={(event) => setView({ [name]: event.target.value })}
            className={selectClassName}
          >
            <option value="">{`${label}: all`}</option>
            {Object.entries(values).map(([value, text]) => (
              <option key={value} value={value}>{`${label}: ${text}`}</option>
            ))}
          </select>
        ) : (
          <div key={name} className="min-w-32 grow basis-32 sm:max-w-44">
            <TextFilter
              label={label}
              placeholder={`${label}: all`}
              value={view[name] ?? ''}
              onChange={(value) => setView({ [name]: value })}
            />
          </div>
        ),
      )}
      <select
        aria-label="Sort by"
        value={view.sort}
        onChange={(event) => setView({ sort: event.target.value })}
        className={selectClassName}
      >
        {Object.entries(sorts).map(([sort, text]) => (
          <option key={sort} value={sort}>
            {text}
          </option>
        ))}
      </select>
    </search>
  );
}

const heightClassName = 'h-10 pointer-coarse:h-11';
const controlClassName = cn(inputClassName, 'text-ellipsis', heightClassName);
/** As wide as its longest option, so that none is cut off. */
const selectClassName = cn(controlClassName, 'w-auto max-w-full min-w-32 grow sm:grow-0');

interface TextFilterProps extends Omit<ComponentProps<'input'>, 'value' | 'onChange'> {
  label: string;
  value: string;
  onChange: (value: string) => void;
}

/** A text that is applied when the user stops typing. */
export function TextFilter({ label, value, onChange, className, ...props }: TextFilterProps) {
  const [text, setText] = useState(value);
  /** The values that this control has applied, oldest first. `value` updates a moment later. */
  const applied = useRef([value]);
  const apply = useEffectEvent(onChange);

  useEffect(() => {
    const known = applied.current.indexOf(value);
    if (known >= 0) {
      applied.current.splice(0, known);
      return;
    }
    // Something else has changed the value, such as the back button.
    applied.current = [value];
    setText(value);
  }, [value]);

  useEffect(() => {
    const next = text.trim();
    if (next === applied.current.at(-1)) {
      return;
    }
    const timer = setTimeout(() => {
      applied.current.push(next);
      apply(next);
    }, typingDelayMs);
    return () => clearTimeout(timer);
  }, [text]);

  return (
    <input
      {...props}
      type="search"
      aria-label={label}
      autoComplete="off"
      maxLength={200}
      value={text}
      onChange={(event) => setText(event.target.value)}
      className={cn(controlClassName, className)}
    />
  );
}
