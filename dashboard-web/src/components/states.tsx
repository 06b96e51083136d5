import { CircleSlashIcon, type LucideIcon, PlugZapIcon, RotateCwIcon, TriangleAlertIcon } from "lucide-react";
import type { ReactNode } from "react";
import { ApiError } from "@/api/client";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { cn } from "@/lib/cn";

type NoticeProps = {
  icon: LucideIcon;
  title: string;
  text?: ReactNode;
  action?: ReactNode;
  className?: string;
  role?: "status" | "alert";
};

function Notice({ icon: Icon, title, text, action, className, role }: NoticeProps) {
  return (
    <div
      role={role}
      className={cn("flex flex-col items-center justify-center gap-1.5 px-6 py-8 text-center", className)}
    >
      <Icon aria-hidden className="size-5 text-muted-foreground" strokeWidth={1.75} />
      <p className="text-sm font-medium">{title}</p>
      {text && (
        <p dir="auto" className="max-w-md text-[0.8125rem] text-balance text-muted-foreground">
          {text}
        </p>
      )}
      {action && <div className="mt-2">{action}</div>}
    </div>
  );
}

export function Empty({
  icon,
  title,
  text,
  action,
}: {
  icon: LucideIcon;
  title: string;
  text?: ReactNode;
  action?: ReactNode;
}) {
  return <Notice icon={icon} title={title} text={text} action={action} />;
}

/** What a person reads about an error. */
export function explain(error: unknown): string {
  return error instanceof Error ? error.message : "Something went wrong.";
}

/** A panel's failure: missing on this node, out of reach, or refused with a reason. */
export function Failure({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const status = error instanceof ApiError ? error.status : null;
  if (status === 404) {
    return (
      <Notice
        icon={CircleSlashIcon}
        title="Not available on this node"
        text="This node does not offer this view. Another version of Switchboard may be running here."
        role="status"
      />
    );
  }
  const retry = onRetry && (
    <Button size="sm" onClick={onRetry}>
      <RotateCwIcon aria-hidden /> Try again
    </Button>
  );
  return status === 0 ? (
    <Notice
      icon={PlugZapIcon}
      title="The node cannot be reached"
      text="It may be restarting. This view comes back by itself."
      action={retry}
      role="alert"
    />
  ) : (
    <Notice
      icon={TriangleAlertIcon}
      title="This could not be loaded"
      text={explain(error)}
      action={retry}
      role="alert"
    />
  );
}

/** Grey bars in the place of rows that are still on their way, about as high as those of a table. */
export function LoadingRows({ rows = 3 }: { rows?: number }) {
  return (
    <div role="status" aria-label="Loading" className="flex flex-col gap-6 px-4 py-5">
      {Array.from({ length: rows }, (_, i) => (
        <Skeleton key={i} className={cn("h-4", i % 3 === 1 ? "w-3/4" : i % 3 === 2 ? "w-1/2" : "w-11/12")} />
      ))}
    </div>
  );
}
