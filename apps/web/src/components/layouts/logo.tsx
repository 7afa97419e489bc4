import { appName } from '@/app-name';

/** With `isCompact`, small screens show only the picture: the navigation needs the room. */
export function Logo({ isCompact = false }: { isCompact?: boolean }) {
  return (
    <span className="inline-flex items-center gap-2.5 font-semibold tracking-tight">
      <svg aria-hidden viewBox="0 0 32 32" className="size-7 shrink-0">
        <rect width="32" height="32" rx="9" fill="#3b5bdb" />
        <path
          d="m9.5 16.6 4.4 4.4 8.6-9.6"
          fill="none"
          stroke="#fff"
          strokeWidth="3.2"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
      <span className={isCompact ? 'max-sm:sr-only' : undefined}>{appName}</span>
    </span>
  );
}
