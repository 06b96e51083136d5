import { useQuery } from "@tanstack/react-query";
import { SnowflakeIcon, XIcon } from "lucide-react";
import type { FallbackModel } from "@/api/models";
import { cooldownsQuery } from "@/api/queries";
import { Badge } from "@/components/ui/badge";
import { Tip } from "@/components/ui/tooltip";
import { useRelease } from "@/features/cluster/cooldowns";
import { cn } from "@/lib/cn";
import { ahead, timeLeft } from "@/lib/format";
import { useNow } from "@/lib/use-now";
import { outcomeWords, skipWords } from "@/lib/words";

/** Left out because of its keys, which are released on their own page. */
const KEYS_COOLING = "keys-cooling";

function Running({ row, until }: { row: FallbackModel; until: string }) {
  const now = useNow();
  const release = useRelease();
  const { data } = useQuery({
    ...cooldownsQuery,
    select: (all) =>
      all.find(({ scope, platform, model }) => scope === "model" && platform === row.platform && model === row.model),
  });
  if (!ahead(until, now)) return null;
  const keys = row.leftOut === KEYS_COOLING ? skipWords(KEYS_COOLING).about : null;
  return (
    <Badge tone="accent" className={cn(data && "pr-0.5")}>
      <Tip text={keys ?? (data?.reason ? outcomeWords(data.reason).about : "It rests after a failure.")}>
        <span className="flex items-center gap-1">
          <SnowflakeIcon aria-hidden />
          {keys === null ? <span className="sr-only">Cooling for </span> : <span>Keys</span>}
          {timeLeft(until, now)}
        </span>
      </Tip>
      {data && (
        <button
          type="button"
          aria-label={`Release ${row.name ?? row.model}`}
          title="Release now"
          aria-disabled={release.isPending}
          onClick={() => release.isPending || release.mutate(data.id)}
          className="rounded p-0.5 hover:bg-surface"
        >
          <XIcon aria-hidden />
        </button>
      )}
    </Badge>
  );
}

/** Counts a model's cooldown down and offers to end it. */
export function CooldownChip({ row }: { row: FallbackModel }) {
  return row.cooldownUntil === null ? null : <Running row={row} until={row.cooldownUntil} />;
}
