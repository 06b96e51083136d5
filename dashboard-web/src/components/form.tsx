import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { FormEvent, ReactNode } from "react";
import { toast } from "sonner";
import { explain } from "@/components/states";
import { Button } from "@/components/ui/button";

type Props = {
  submit: () => Promise<void>;
  action: string;
  done: string;
  /** First parts of the query keys that saving makes stale. */
  stale: readonly string[];
  ready: boolean;
  onClose: () => void;
  /** Whether the dialog goes on with something else once the form is taken. */
  stays?: boolean;
  children: ReactNode;
};

/** A dialog's form: sends once, stays open with the reason when refused, closes when taken. */
export function DialogForm({ submit, action, done, stale, ready, onClose, stays = false, children }: Props) {
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: submit,
    onSuccess: async () => {
      toast.success(done);
      if (!stays) onClose();
      await Promise.all(stale.map((key) => client.invalidateQueries({ queryKey: [key] })));
    },
  });
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (ready && !save.isPending) save.mutate();
  };
  return (
    <form onSubmit={onSubmit} className="flex flex-col gap-4">
      {children}
      <p role="alert" dir="auto" className="min-h-5 text-[0.8125rem] break-words text-bad">
        {save.isError && explain(save.error)}
      </p>
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="primary" disabled={!ready} busy={save.isPending}>
          {action}
        </Button>
      </div>
    </form>
  );
}
