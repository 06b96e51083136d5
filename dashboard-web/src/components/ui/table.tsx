import type { ComponentProps, ReactNode } from "react";
import { Tip } from "@/components/ui/tooltip";
import { cn } from "@/lib/cn";

/** A table that scrolls sideways inside its own frame; the frame is focusable so that a keyboard can scroll it. */
export function Table({
  className,
  frame,
  label,
  ...props
}: Omit<ComponentProps<"table">, "frame"> & { label: string; frame?: string }) {
  return (
    <div
      role="group"
      aria-label={label}
      tabIndex={0}
      className={cn("relative w-full overflow-x-auto -outline-offset-2", frame)}
    >
      <table className={cn("w-full border-collapse text-[0.8125rem]", className)} {...props} />
    </div>
  );
}

export function TableHead(props: ComponentProps<"thead">) {
  return <thead {...props} />;
}

export function TableBody({ className, ...props }: ComponentProps<"tbody">) {
  return <tbody className={cn("[&>tr:last-child]:border-0", className)} {...props} />;
}

export function Row({ className, ...props }: ComponentProps<"tr">) {
  return (
    <tr
      className={cn(
        "border-b bg-surface transition-colors hover:bg-[color-mix(in_oklab,var(--muted)_50%,var(--surface))]",
        className,
      )}
      {...props}
    />
  );
}

type CellProps = { numeric?: boolean };

/** A column's name; `tip` says what it means. */
export function Head({
  className,
  numeric,
  tip,
  children,
  ...props
}: ComponentProps<"th"> & CellProps & { tip?: ReactNode }) {
  return (
    <th
      scope="col"
      className={cn(
        "h-8 border-b px-3 text-left text-xs font-medium whitespace-nowrap text-muted-foreground first:pl-4 last:pr-4",
        numeric && "text-right",
        className,
      )}
      {...props}
    >
      {tip ? (
        <Tip text={tip}>
          <span className="cursor-help underline decoration-border decoration-dotted underline-offset-4">
            {children}
          </span>
        </Tip>
      ) : (
        children
      )}
    </th>
  );
}

export function Cell({ className, numeric, ...props }: ComponentProps<"td"> & CellProps) {
  return (
    <td
      className={cn(
        "h-10 px-3 align-middle whitespace-nowrap first:pl-4 last:pr-4",
        numeric && "num text-right",
        className,
      )}
      {...props}
    />
  );
}

/** What can be done with a row, at its end: stays in sight where a wide table has to be scrolled to it. */
export function Actions({ className, ...props }: ComponentProps<"td">) {
  return <Cell className={cn("right-0 w-0 bg-inherit text-right sm:sticky", className)} {...props} />;
}
