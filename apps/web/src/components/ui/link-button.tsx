'use client';

import type { VariantProps } from 'class-variance-authority';
import Link from 'next/link';
import type { ComponentProps, KeyboardEvent } from 'react';
import { cn } from '@/lib/cn';
import { buttonStyle } from './button';

type LinkButtonProps = ComponentProps<typeof Link> & VariantProps<typeof buttonStyle>;

/** A button that leads to another page: a link below, so that it works before any script has run, and in a new tab. */
export function LinkButton({ tone, size, className, ...props }: LinkButtonProps) {
  return (
    <Link
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- a button element has no address
      role="button"
      className={cn(buttonStyle({ tone, size }), className)}
      onKeyDown={pressWithSpace}
      {...props}
    />
  );
}

/** The space bar presses a button; a link it would pass by, and scroll the page. */
function pressWithSpace(event: KeyboardEvent<HTMLAnchorElement>) {
  if (event.key !== ' ') return;
  event.preventDefault();
  event.currentTarget.click();
}
