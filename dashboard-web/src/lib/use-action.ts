import { useMutation, useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { explain } from "@/components/states";

type Action<T> = {
  run: (input: T) => Promise<void>;
  /** First parts of the query keys that the action makes stale. */
  stale: readonly string[];
  done?: string;
  failed: string;
};

/** Something a person sets off: says how it ended and refreshes what it touched. */
export function useAction<T = void>({ run, stale, done, failed }: Action<T>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: run,
    onSuccess: () => done && toast.success(done),
    onError: (error) => toast.error(`${failed}: ${explain(error)}`),
    onSettled: () => Promise.all(stale.map((key) => client.invalidateQueries({ queryKey: [key] }))),
  });
}
