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
import { cn } from "@/lib/cn";

/** Fixed widths: the columns of all pools line up, and stay where they are when a chip comes or goes. */
const widths = ["w-25", "w-14", "", "w-44", "w-16", "w-18", "w-16", "w-20", "w-40", "w-12"];

type Props = {
  name: string;
  rows: readonly FallbackModel[];
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onMove: (id: string, targetId: string) => void;
  onEnabled: (id: string, enabled: boolean) => void;
  onEdit: (row: FallbackModel) => void;
};

/** One pool's models in the order in which they are tried; rows move by drag or by their buttons. */
export function PoolSection({ name, rows, open, onOpenChange, onMove, onEnabled, onEdit }: Props) {
  const ids = rows.map(rowId);
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
          <CollapsibleTrigger className="flex h-11 w-full items-center gap-2 px-4 text-sm font-semibold -outline-offset-2">
            <ChevronRightIcon
              aria-hidden
              className={cn("size-4 text-muted-foreground transition-transform", open && "rotate-90")}
            />
            {name}
            <span className="num text-xs font-normal text-muted-foreground">{rows.length}</span>
          </CollapsibleTrigger>
        </h2>
        <CollapsibleContent className="border-t">
          {rows.length === 0 ? (
            <p className="px-4 py-3 text-center text-[0.8125rem] text-muted-foreground">No model in this pool.</p>
          ) : (
            <DndContext sensors={sensors} collisionDetection={closestCenter} onDragEnd={onDragEnd}>
              <SortableContext items={ids} strategy={verticalListSortingStrategy}>
                <Table label={`${name} models`} className="min-w-[62rem] table-fixed">
                  <colgroup>
                    {widths.map((width, index) => (
                      <col key={index} className={width} />
                    ))}
                  </colgroup>
                  <TableHead>
                    <tr>
                      <Head>Order</Head>
                      <Head>On</Head>
                      <Head>Model</Head>
                      <Head>State</Head>
                      <Head numeric>Score</Head>
                      <Head numeric>Success</Head>
                      <Head numeric>tok/s</Head>
                      <Head numeric>TTFT</Head>
                      <Head>Limits</Head>
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
          )}
        </CollapsibleContent>
      </section>
    </Collapsible>
  );
}
