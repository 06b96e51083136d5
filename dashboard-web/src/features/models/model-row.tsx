import { useSortable } from "@dnd-kit/sortable";
import { CSS } from "@dnd-kit/utilities";
import { ArrowDownIcon, ArrowUpIcon, GripVerticalIcon, PencilIcon } from "lucide-react";
import { memo } from "react";
import { type FallbackModel, leftOut, rowId } from "@/api/models";
import { Truncate } from "@/components/text";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Switch } from "@/components/ui/switch";
import { Cell } from "@/components/ui/table";
import { Tip } from "@/components/ui/tooltip";
import { Budget } from "@/features/models/budget";
import { CooldownChip } from "@/features/models/cooldown-chip";
import { ScoreParts } from "@/features/models/score-parts";
import { cn } from "@/lib/cn";
import { compact, counted, decimal, millis, percent } from "@/lib/format";

/** The limits of a model in one line: those it has, shortest first. */
export function limits({ rpm, rpd, tpm, tpd }: Pick<FallbackModel, "rpm" | "rpd" | "tpm" | "tpd">): string {
  const parts = [
    [rpm, "rpm"],
    [rpd, "rpd"],
    [tpm, "tpm"],
    [tpd, "tpd"],
  ] as const;
  const known = parts.filter(([limit]) => limit !== null).map(([limit, unit]) => `${compact(limit)} ${unit}`);
  return known.length === 0 ? "unlimited" : known.join(" · ");
}

/** How much a model can take at once, as far as it is known. */
export function size({ contextWindow }: Pick<FallbackModel, "contextWindow">): string | null {
  return contextWindow === null ? null : `${compact(contextWindow)} context`;
}

/** What keeps a model from answering now, or makes it less likely to, as chips. */
function State({ row }: { row: FallbackModel }) {
  const out = leftOut(row);
  return (
    <>
      {out && row.cooldownUntil === null && (
        <Tip text={out.about}>
          <Badge>{out.name}</Badge>
        </Tip>
      )}
      {row.penalty > 0 && (
        <Tip text={`Penalty of ${decimal(row.penalty, 0)} points after rate limits; it wears off`}>
          <Badge tone="warn">−{decimal(row.penalty * 0.05, 2)}</Badge>
        </Tip>
      )}
      <CooldownChip row={row} />
    </>
  );
}

type Props = {
  row: FallbackModel;
  /** Whether the state stands under the name instead of in a column of its own. */
  narrow: boolean;
  /** Tokens of the last 30 days. */
  spent: number;
  above: string | null;
  below: string | null;
  onMove: (id: string, targetId: string) => void;
  onEnabled: (id: string, enabled: boolean) => void;
  onEdit: (row: FallbackModel) => void;
};

export const ModelRow = memo(function ModelRow({ row, narrow, spent, above, below, onMove, onEnabled, onEdit }: Props) {
  const id = rowId(row);
  const name = row.name ?? row.model;
  const { setNodeRef, setActivatorNodeRef, listeners, attributes, transform, transition, isDragging } = useSortable({
    id,
  });
  return (
    <tr
      ref={setNodeRef}
      style={{ transform: CSS.Translate.toString(transform), transition }}
      className={cn(
        "border-b bg-surface hover:bg-muted/50",
        isDragging && "relative z-10 bg-raised shadow-lg",
        !row.enabled && "text-muted-foreground",
      )}
    >
      <Cell className="pr-0">
        <div className="flex items-center">
          <button
            type="button"
            ref={setActivatorNodeRef}
            {...attributes}
            {...listeners}
            aria-label={`Drag ${name}`}
            className="-ml-1 touch-none rounded p-1 text-muted-foreground hover:bg-muted hover:text-foreground"
          >
            <GripVerticalIcon aria-hidden className="size-4" />
          </button>
          <span className="num w-7 text-right text-xs text-muted-foreground">{row.priority}</span>
          <span className="ml-1.5 flex flex-col">
            <button
              type="button"
              aria-label={`Move ${name} up`}
              aria-disabled={above === null}
              onClick={() => above !== null && onMove(id, above)}
              className="rounded px-0.5 text-muted-foreground hover:bg-muted hover:text-foreground aria-disabled:opacity-30"
            >
              <ArrowUpIcon aria-hidden className="size-3.5" />
            </button>
            <button
              type="button"
              aria-label={`Move ${name} down`}
              aria-disabled={below === null}
              onClick={() => below !== null && onMove(id, below)}
              className="rounded px-0.5 text-muted-foreground hover:bg-muted hover:text-foreground aria-disabled:opacity-30"
            >
              <ArrowDownIcon aria-hidden className="size-3.5" />
            </button>
          </span>
        </div>
      </Cell>
      <Cell>
        <Switch
          aria-label={`Use ${name}`}
          checked={row.enabled}
          onCheckedChange={(enabled) => onEnabled(id, enabled)}
        />
      </Cell>
      <Cell className="py-1.5">
        <Truncate text={name} className="max-w-full font-medium" />
        {narrow ? (
          <div className="flex h-5 items-center gap-1">
            <State row={row} />
            <Truncate text={id} className="min-w-0 text-xs text-muted-foreground" />
          </div>
        ) : (
          <Truncate text={id} className="max-w-full text-xs text-muted-foreground" />
        )}
      </Cell>
      {!narrow && (
        <Cell>
          <div className="flex flex-wrap items-center gap-1">
            <State row={row} />
          </div>
        </Cell>
      )}
      <Cell numeric>
        <ScoreParts row={row} />
      </Cell>
      <Cell numeric title={counted(row.requests, "request")}>
        {percent(row.successRate)}
      </Cell>
      <Cell numeric>{(row.tokPerSec ?? 0) >= 1000 ? compact(row.tokPerSec) : decimal(row.tokPerSec, 1)}</Cell>
      <Cell numeric>{millis(row.ttftMs)}</Cell>
      <Cell className="py-1.5">
        <Truncate text={limits(row)} className="max-w-full text-xs text-muted-foreground" />
        <Truncate text={size(row)} className="max-w-full text-xs text-muted-foreground" />
      </Cell>
      <Cell className="py-1.5">
        <Budget row={row} spent={spent} />
      </Cell>
      <Cell>
        <Button
          id={`edit-${id}`}
          variant="ghost"
          size="icon-sm"
          aria-label={`Edit ${name}`}
          title="Edit"
          onClick={() => onEdit(row)}
        >
          <PencilIcon aria-hidden />
        </Button>
      </Cell>
    </tr>
  );
});
