/* oxlint-disable jsx-a11y/prefer-tag-over-role -- a native select has no search */
/* oxlint-disable jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- the field has the focus */
'use client';

import { Check, ChevronsUpDown, X } from 'lucide-react';
import { Popover } from 'radix-ui';
import {
  type ComponentProps,
  type KeyboardEvent,
  useEffect,
  useId,
  useImperativeHandle,
  useRef,
  useState,
} from 'react';
import { cn } from '@/lib/cn';
import { Button } from './button';
import { inputClassName } from './field';

export interface ComboboxOption {
  value: string;
  label: string;
}

interface ComboboxProps extends Omit<ComponentProps<'input'>, 'value' | 'onChange' | 'onSelect'> {
  /** Names the list of options. */
  label: string;
  selected?: ComboboxOption;
  /** Called with `undefined` if the user clears the field. */
  onSelect: (option: ComboboxOption | undefined) => void;
  canClear?: boolean;
  /** The text that the options have to match. `undefined` closes the list. */
  search: string | undefined;
  onSearchChange: (search: string | undefined) => void;
  options: ComboboxOption[];
  /** Whether the options don't match the search yet. */
  isLoading: boolean;
  /** Says why there are no options. */
  message?: string;
}

/** A text field with a list of options. It follows the combobox pattern of ARIA: the field keeps the focus. */
export function Combobox({
  label,
  selected,
  onSelect,
  canClear = false,
  search,
  onSearchChange,
  options,
  isLoading,
  message,
  className,
  ref,
  onBlur,
  ...props
}: ComboboxProps) {
  const listId = useId();
  const input = useRef<HTMLInputElement>(null);
  useImperativeHandle(ref, () => input.current!);
  const [isTyping, setIsTyping] = useState(false);
  const [activeIndex, setActiveIndex] = useState(-1);
  const optionId = ({ value }: ComboboxOption) => `${listId}-${value}`;
  const selectedLabel = selected?.label ?? '';
  const isOpen = search !== undefined;
  const active = isOpen && !isLoading ? options[activeIndex] : undefined;

  // The next character replaces the label, also while the field keeps the focus.
  useEffect(() => {
    if (!isTyping && selectedLabel && document.activeElement === input.current) {
      input.current?.select();
    }
  }, [isTyping, selectedLabel]);

  function open(index: number) {
    setActiveIndex(index);
    onSearchChange('');
  }

  function close() {
    setIsTyping(false);
    onSearchChange(undefined);
  }

  function select(option: ComboboxOption | undefined) {
    close();
    onSelect(option);
  }

  /** Closes the list. A user who has deleted the text clears the field, any other text is discarded. */
  function leave() {
    if (isTyping && search === '' && canClear) {
      onSelect(undefined);
    }
    close();
  }

  function move(by: 1 | -1) {
    if (!isOpen) {
      return open(by === 1 ? 0 : -1);
    }
    const next = activeIndex + by;
    setActiveIndex(next < 0 ? options.length - 1 : next % Math.max(options.length, 1));
  }

  function handleKeyDown(event: KeyboardEvent) {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      move(event.key === 'ArrowDown' ? 1 : -1);
    }
    // While the list is closed, Enter submits the form.
    if (event.key === 'Enter' && isOpen && !event.nativeEvent.isComposing) {
      event.preventDefault();
      if (active) {
        select(active);
      } else if (!isLoading) {
        leave();
      }
    }
  }

  return (
    <Popover.Root open={isOpen} onOpenChange={close}>
      <Popover.Anchor asChild>
        <div className="relative">
          <input
            {...props}
            ref={input}
            role="combobox"
            aria-autocomplete="list"
            aria-expanded={isOpen}
            aria-controls={isOpen ? listId : undefined}
            aria-activedescendant={active && optionId(active)}
            autoComplete="off"
            spellCheck={false}
            maxLength={200}
            value={isTyping ? search : selectedLabel}
            onChange={({ target }) => {
              setIsTyping(true);
              setActiveIndex(target.value ? 0 : -1);
              onSearchChange(target.value);
            }}
            onClick={() => !isOpen && open(-1)}
            onFocus={({ target }) => target.select()}
            onKeyDown={handleKeyDown}
            onBlur={(event) => {
              leave();
              onBlur?.(event);
            }}
            className={cn(inputClassName, 'h-11 truncate pr-11', className)}
          />
          {canClear && selected ? (
            <Button
              variant="ghost"
              aria-label={`Clear ${label.toLowerCase()}`}
              className="absolute inset-y-0 right-0 my-auto size-9 px-0"
              onClick={() => {
                select(undefined);
                input.current?.focus();
              }}
            >
              <X aria-hidden className="size-4.5" />
            </Button>
          ) : (
            <ChevronsUpDown
              aria-hidden
              className="pointer-events-none absolute inset-y-0 right-3 my-auto size-4 text-muted-foreground"
            />
          )}
          <span role="status" className="sr-only">
            {isOpen && (message ?? `${options.length} ${options.length === 1 ? 'option' : 'options'}`)}
          </span>
        </div>
      </Popover.Anchor>
      {/* Without a portal, the options are in the landmark and the dialog of the field. */}
      <Popover.Content
        id={listId}
        role="listbox"
        aria-label={label}
        aria-busy={isLoading}
        align="start"
        sideOffset={6}
        collisionPadding={8}
        onOpenAutoFocus={(event) => event.preventDefault()}
        onCloseAutoFocus={(event) => event.preventDefault()}
        // The list closes when the field loses the focus.
        onInteractOutside={(event) => event.preventDefault()}
        onMouseDown={(event) => event.preventDefault()}
        className={cn(
          'z-60 max-h-[clamp(11rem,var(--radix-popover-content-available-height),18rem)] w-(--radix-popover-trigger-width) min-w-56 animate-in fade-in-0 duration-150 ease-out overflow-y-auto rounded-xl border bg-popover p-1.5 text-[0.9375rem] text-foreground shadow-float',
          isLoading && 'text-muted-foreground',
        )}
      >
        {options.map((option) => (
          <div
            key={option.value}
            id={optionId(option)}
            ref={option === active ? scrollIntoView : undefined}
            role="option"
            aria-selected={option.value === selected?.value}
            onClick={() => select(option)}
            className={cn(
              'flex min-h-9 cursor-pointer items-center gap-2 rounded-lg px-2.5 py-1.5 wrap-anywhere hover:bg-accent pointer-coarse:min-h-11',
              option === active && 'bg-accent outline-2 -outline-offset-2 outline-ring',
            )}
          >
            <span className="min-w-0 grow">{option.label}</span>
            {option.value === selected?.value && <Check aria-hidden className="size-4 shrink-0" />}
          </div>
        ))}
        {message !== undefined && (
          <p aria-hidden className="px-2.5 py-1.5 text-muted-foreground">
            {message}
          </p>
        )}
      </Popover.Content>
    </Popover.Root>
  );
}

function scrollIntoView(option: HTMLElement | null) {
  option?.scrollIntoView({ block: 'nearest' });
}
