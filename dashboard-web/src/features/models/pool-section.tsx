import {
  closestCenter,
  DndContext,
  type DragEndEvent,
  KeyboardSensor,
  PointerSensor,
  useSensor,
  useSensors,
} from "@dnd-kit/core";
import { SortableContext, sortableKeyboardCoordinates, verticalListSortingStrategy } from "@dnd-kit/sortable";
import { ChevronRightIcon } from "lucide-react";
import { type FallbackModel, rowId } from "@/api/models";
import { Collapsible, CollapsibleContent, CollapsibleTrigger } from "@/components/ui/collapsible";
import { Head, Table, TableBody, TableHead } from "@/components/ui/table";
import { ModelRow } from "@/features/models/model-row";
import type { Spent } from "@/features/models/use-spent";
import { cn } from "@/lib/cn";
import { useNarrow } from "@/lib/narrow";

/** Fixed widths: the columns of all pools line up, and stay where they are when a chip comes or goes. */
const widths = ["w-24", "w-14", "", "w-34", "w-16", "w-18", "w-16", "w-18", "w-34", "w-28", "w-11"];
const STATE = 3;

type Props = {
  name: string;
  about: string;
  spent: Spent;
  rows: readonly FallbackModel[];
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onMove: (id: string, targetId: string) => void;
  onEnabled: (id: string, enabled: boolean) => void;
  onEdit: (row: FallbackModel) => void;
};

/** One pool's models in the order in which they are tried; rows move by drag or by their buttons. */
export function PoolSection({ name, about, spent, rows, open, onOpenChange, onMove, onEnabled, onEdit }: Props) {
  const ids = rows.map(rowId);
  // On a phone the state stands under the name: a column of its own would be out of sight.
  const narrow = useNarrow();
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: 4 } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  );
  const onDragEnd = ({ active, over }: DragEndEvent) => {
    if (over && over.id !== active.id) onMove(String(active.id), String(over.id));
  };
  return (
    <Collapsible asChild open={open} onOpenChange={onOpenChange}>
      <section aria-label={`${name} models`} className="min-w-0 overflow-hidden rounded-lg border bg-surface">
        <h2>
          <CollapsibleTrigger
            disabled={rows.length === 0}
            // Of an empty pool there is nothing to show or hide.
            {...(rows.length === 0 && { "aria-controls": undefined, "aria-expanded": undefined })}
            className="flex h-11 w-full items-center gap-2 px-4 text-sm font-semibold -outline-offset-2"
          >
            <ChevronRightIcon
              aria-hidden
              className={cn(
                "size-4 text-muted-foreground transition-transform",
                open && rows.length > 0 && "rotate-90",
                rows.length === 0 && "opacity-40",
              )}
            />
            {name}
            <span className="num text-xs font-normal text-muted-foreground">{rows.length}</span>
            <span className="ml-auto text-xs font-normal text-muted-foreground">
              {rows.length === 0 ? "No model in this pool" : about}
            </span>
          </CollapsibleTrigger>
        </h2>
        {rows.length > 0 && (
          <CollapsibleContent className="border-t">
            <DndContext sensors={sensors} collisionDetection={closestCenter} onDragEnd={onDragEnd}>
              <SortableContext items={ids} strategy={verticalListSortingStrategy}>
                <Table
                  label={`${name} models`}
                  className={cn("table-fixed", narrow ? "min-w-[58rem]" : "min-w-[62rem]")}
                >
                  <colgroup>
                    {widths.map(
                      (width, index) => (!narrow || index !== STATE) && <col key={index} className={width} />,
                    )}
                  </colgroup>
                  <TableHead>
                    <tr>
                      <Head>Order</Head>
                      <Head>On</Head>
                      <Head>Model</Head>
                      {!narrow && <Head>State</Head>}
                      <Head
                        numeric
                        tip="What routing ranks by: reliability, speed, time to first token and intelligence, less the penalty."
                      >
                        Score
                      </Head>
                      <Head numeric>Success</Head>
                      <Head numeric tip="Output tokens a second">
                        tok/s
                      </Head>
                      <Head numeric tip="Time to the first token">
                        TTFT
                      </Head>
                      <Head tip="Requests and tokens a minute (rpm, tpm) and a day (rpd, tpd), and the context window">
                        Limits
                      </Head>
                      <Head tip="Tokens of the last 30 days, against the monthly budget">Month</Head>
                      <Head>
                        <span className="sr-only">Edit</span>
                      </Head>
                    </tr>
                  </TableHead>
                  <TableBody>
                    {rows.map((row, index) => (
                      <ModelRow
                        key={ids[index]}
                        row={row}
                        narrow={narrow}
                        spent={spent.get(ids[index] ?? "") ?? 0}
                        above={ids[index - 1] ?? null}
                        below={ids[index + 1] ?? null}
                        onMove={onMove}
                        onEnabled={onEnabled}
                        onEdit={onEdit}
                      />
                    ))}
                  </TableBody>
                </Table>
              </SortableContext>
            </DndContext>
          </CollapsibleContent>
        )}
      </section>
    </Collapsible>
  );
}
