'use client';

import { Eye, EyeOff } from 'lucide-react';
import { type ComponentProps, type ReactNode, useState } from 'react';
import { useHydrated } from '@/lib/hooks/use-hydrated';
import { Field, inputClassName } from './field';

interface PasswordFieldProps extends Omit<ComponentProps<'input'>, 'type'> {
  label: string;
  error?: ReactNode;
  hint?: ReactNode;
}

/** A password that the user can reveal. */
export function PasswordField({ label, error, hint, ...input }: PasswordFieldProps) {
  const isHydrated = useHydrated();
  const [isVisible, setIsVisible] = useState(false);
  return (
    <Field label={label} error={error} hint={hint}>
      {(control) => (
        <div className="relative">
          <input
            {...input}
            {...control}
            type={isVisible ? 'text' : 'password'}
            autoCapitalize="off"
            spellCheck={false}
            className={`${inputClassName} h-11 pr-12`}
          />
          {/* Not named "Show password": a screen reader that searches for the field would find the button. */}
          <button
            type="button"
            disabled={!isHydrated}
            aria-label="Show characters"
            aria-pressed={isVisible}
            aria-controls={control.id}
            onClick={() => setIsVisible(!isVisible)}
            className="absolute inset-y-0 right-0 grid w-11 place-items-center rounded-lg text-muted-foreground transition-colors -outline-offset-2 hover:text-foreground"
          >
            {isVisible ? (
              <EyeOff aria-hidden className="size-4.5" />
            ) : (
              <Eye aria-hidden className="size-4.5" />
            )}
          </button>
        </div>
      )}
    </Field>
  );
}
