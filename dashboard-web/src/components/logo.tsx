/** The mark: two lines, one of them put through. */
export function Logo({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden className={className}>
      <rect width="32" height="32" rx="8" className="fill-primary" />
      <g fill="none" strokeWidth="2.5" strokeLinecap="round" className="stroke-primary-foreground">
        <path d="M9 10h4c5 0 3 12 8 12h2" />
        <path d="M9 22h4c2 0 3-2 3.6-4M19 13c.5-2 1.5-3 3-3h1" opacity=".55" />
      </g>
    </svg>
  );
}
