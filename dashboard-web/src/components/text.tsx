import { CheckIcon, CopyIcon } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { cn } from "@/lib/cn";
import { ahead, ago, dateTime, elapsed, NONE, timeLeft } from "@/lib/format";
import { useNow } from "@/lib/use-now";

/** Text of unknown length and direction on one line, whole in its title. */
export function Truncate({
  text,
  className,
  mono,
}: {
  text: string | null | undefined;
  className?: string;
  mono?: boolean;
}) {
  if (!text) return <span className="text-muted-foreground">{NONE}</span>;
  return (
    <span
      dir="auto"
      title={text}
      className={cn("block max-w-64 truncate normal-nums", mono && "font-mono text-xs", className)}
    >
      {text}
    </span>
  );
}

/** Time until a deadline, counting down. */
export function TimeLeft({ until }: { until: string | null | undefined }) {
  const now = useNow();
  return (
    <time
      dateTime={until ?? undefined}
      title={dateTime(until)}
      className={cn("num", !ahead(until, now) && "text-muted-foreground")}
    >
      {timeLeft(until, now)}
    </time>
  );
}

/** How long ago, counting up. */
export function Ago({ at }: { at: string | null | undefined }) {
  const now = useNow();
  return (
    <time dateTime={at ?? undefined} title={dateTime(at)} className="num">
      {ago(at, now)}
    </time>
  );
}

/** How long it has been going on, counting up. */
export function Elapsed({ since }: { since: string | null | undefined }) {
  const now = useNow();
  return (
    <time dateTime={since ?? undefined} title={dateTime(since)} className="num">
      {elapsed(since, now)}
    </time>
  );
}

/** Copies a text; the icon says that it worked. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () => {
    navigator.clipboard?.writeText(text).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  };
  return (
    <Button variant="ghost" size="icon-sm" aria-label={copied ? "Copied" : label} title={label} onClick={copy}>
      {copied ? <CheckIcon aria-hidden className="text-good" /> : <CopyIcon aria-hidden />}
    </Button>
  );
}
