import { CircleAlert } from 'lucide-react';
import { type ComponentProps, type ReactNode, useId } from 'react';
import { cn } from '@/lib/cn';

export const inputClassName =
  'w-full min-w-0 rounded-lg border border-input bg-card px-3 text-base text-foreground transition-colors hover:border-input-strong aria-invalid:border-destructive sm:text-[0.9375rem]';

interface ControlAttributes {
  id: string;
  'aria-invalid'?: true;
  'aria-describedby'?: string;
}

interface FieldProps {
  label: string;
  error?: ReactNode;
  hint?: ReactNode;
  className?: string;
  /** Renders the control with the attributes that connect it to its label, hint and error. */
  children: (control: ControlAttributes) => ReactNode;
}

/** A label, a control, and a hint or an error. Screen readers announce the error. */
export function Field({ label, error, hint, className, children }: FieldProps) {
  const id = useId();
  const note = error ? `${id}-error` : hint ? `${id}-hint` : undefined;
  return (
    <div className={cn('grid gap-1.5', className)}>
      <label htmlFor={id} className="w-fit text-sm font-medium">
        {label}
      </label>
      {children({ id, 'aria-invalid': error ? true : undefined, 'aria-describedby': note })}
      {hint && !error && (
        <div id={`${id}-hint`} className="text-sm text-muted-foreground">
          {hint}
        </div>
      )}
      {error && <FieldError id={`${id}-error`}>{error}</FieldError>}
    </div>
  );
}

export function FieldError({ id, children }: { id?: string; children: ReactNode }) {
  return (
    <p id={id} role="alert" className="flex gap-1.5 text-sm text-destructive">
      <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
      <span>{children}</span>
    </p>
  );
}

interface TextFieldProps extends ComponentProps<'input'> {
  label: string;
  error?: ReactNode;
  hint?: ReactNode;
}

export function TextField({ label, error, hint, className, ...input }: TextFieldProps) {
  return (
    <Field label={label} error={error} hint={hint}>
      {(control) => <input {...input} {...control} className={cn(inputClassName, 'h-11', className)} />}
    </Field>
  );
}
