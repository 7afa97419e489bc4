'use client';

import { type ComponentProps, useEffect, useEffectEvent, useRef, useState } from 'react';
import { inputClassName } from '@/components/ui/field';
import { cn } from '@/lib/cn';

const typingDelayMs = 200;

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
      className={cn(inputClassName, 'h-10 text-ellipsis pointer-coarse:h-11', className)}
    />
  );
}
