import { useMutation, useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { command, path } from "@/api/client";
import { chain, type FallbackModel, fallbackQuery, moved, rowId } from "@/api/models";
import { explain } from "@/components/states";

export type SortBy = "intelligence" | "speed" | "budget";

/** Everything that changes the chain. Shown at once, taken back when the node refuses. */
export function useChain() {
  const client = useQueryClient();
  const key = fallbackQuery.queryKey;
  const settle = () => client.invalidateQueries({ queryKey: key });

  const save = useMutation({
    mutationFn: (rows: readonly FallbackModel[]) => command(path(["fallback"]), { method: "PUT", body: chain(rows) }),
    onMutate: async (rows) => {
      await client.cancelQueries({ queryKey: key });
      const before = client.getQueryData(key);
      client.setQueryData(key, [...rows]);
      return { before };
    },
    onError: (error, _, kept) => {
      client.setQueryData(key, kept?.before);
      toast.error(`Not saved: ${explain(error)}`);
    },
    onSettled: settle,
  });

  const sort = useMutation({
    mutationFn: (by: SortBy) => command(path(["fallback", "sort", by]), { method: "POST" }),
    onMutate: () => ({ before: client.getQueryData(key) }),
    onSuccess: (_, by, { before }) => {
      toast.success(`Sorted by ${by}`, before && { action: { label: "Undo", onClick: () => save.mutate(before) } });
    },
    onError: (error) => toast.error(`Not sorted: ${explain(error)}`),
    onSettled: settle,
  });

  const current = () => client.getQueryData(key) ?? [];
  return {
    sort: sort.mutate,
    move: (id: string, targetId: string) => save.mutate(moved(current(), id, targetId)),
    setEnabled: (id: string, enabled: boolean) =>
      save.mutate(current().map((row) => (rowId(row) === id ? { ...row, enabled } : row))),
  };
}
