'use client';

import type { ComponentProps, FormEvent, ReactNode } from 'react';
import { Button } from '@/components/ui/button';

interface AccountFormProps {
  onSubmit: (event: FormEvent<HTMLFormElement>) => unknown;
  className?: string;
  children: ReactNode;
}

/** `method="post"` keeps the password out of the URL if the browser submits the form before React does. */
export function AccountForm({ onSubmit, className, children }: AccountFormProps) {
  return (
    <form noValidate method="post" onSubmit={onSubmit} className={className}>
      {children}
    </form>
  );
}

export function SubmitButton(props: Omit<ComponentProps<typeof Button>, 'type' | 'disabled'>) {
  return <Button type="submit" {...props} />;
}
