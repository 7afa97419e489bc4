'use client';

import { Search } from 'lucide-react';
import { type ComponentProps, useEffect, useEffectEvent, useRef, useState } from 'react';
import { inputClassName } from '@/components/ui/field';
import { cn } from '@/lib/cn';

const typingDelayMs = 200;

export const heightClassName = 'h-10 pointer-coarse:h-11';
export const controlClassName = cn(inputClassName, 'text-ellipsis', heightClassName);

interface TextFilterProps extends Omit<ComponentProps<'input'>, 'value' | 'onChange'> {
  label: string;
  value: string;
  onChange: (value: string) => void;
}

/** A text that is applied when the user stops typing. After `onChange`, the next render must have the new `value`. */
export function TextFilter({ label, value, onChange, className, ...props }: TextFilterProps) {
  const [text, setText] = useState(value);
  const applied = useRef(value);
  const apply = useEffectEvent(onChange);

  useEffect(() => {
    // Something else has changed the value, such as the back button.
    if (value !== applied.current) {
      applied.current = value;
      setText(value);
    }
  }, [value]);

  useEffect(() => {
    const next = text.trim();
    if (next === applied.current) {
      return;
    }
    const timer = setTimeout(() => {
      applied.current = next;
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

/** A {@link TextFilter} with the icon of a search. `className` is the one of the box around both. */
export function SearchFilter({ className, ...props }: TextFilterProps) {
  return (
    <div className={cn('relative', className)}>
      <Search
        aria-hidden
        className="pointer-events-none absolute inset-y-0 left-3 my-auto size-4 text-muted-foreground"
      />
      <TextFilter {...props} className="pl-9" />
    </div>
  );
}
