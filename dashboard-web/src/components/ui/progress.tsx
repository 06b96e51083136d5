import { Progress as Primitive } from "radix-ui";
import { cn } from "@/lib/cn";

type MeterProps = { label: string; share: number; className?: string; calm?: boolean };

/** How much of a limit is used; the colour warns near its end, unless a high share is nothing to warn of. */
export function Meter({ label, share, className, calm }: MeterProps) {
  const percent = Math.max(0, Math.min(100, Math.round(share * 100)));
  return (
    <Primitive.Root
      aria-label={label}
      value={percent}
      className={cn("h-1 overflow-hidden rounded-full bg-muted", className)}
    >
      <Primitive.Indicator
        className={cn(
          "h-full rounded-full transition-[width] duration-300",
          calm ? "bg-primary" : percent >= 95 ? "bg-bad" : percent >= 80 ? "bg-warn" : "bg-primary",
        )}
        style={{ width: `${percent}%` }}
      />
    </Primitive.Root>
  );
}
