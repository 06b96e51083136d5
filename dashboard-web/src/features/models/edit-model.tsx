import { useState } from "react";
import { command, path } from "@/api/client";
import { type FallbackModel, rowId } from "@/api/models";
import { Field } from "@/components/field";
import { DialogForm } from "@/components/form";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Input } from "@/components/ui/input";

const numbers = [
  ["intelligenceRank", "Intelligence rank"],
  ["contextWindow", "Context window"],
  ["rpm", "Requests a minute"],
  ["rpd", "Requests a day"],
  ["tpm", "Tokens a minute"],
  ["tpd", "Tokens a day"],
] as const;
type NumberField = (typeof numbers)[number][0];
export type ModelDraft = Record<NumberField, string> & { name: string };

export function draftOf(row: FallbackModel): ModelDraft {
  const text = (value: number | null) => (value === null ? "" : String(value));
  return {
    name: row.name ?? "",
    intelligenceRank: text(row.intelligenceRank),
    contextWindow: text(row.contextWindow),
    rpm: text(row.rpm),
    rpd: text(row.rpd),
    tpm: text(row.tpm),
    tpd: text(row.tpd),
  };
}

/** What differs from the row, as PATCH takes it: an emptied number becomes null, which means unlimited. */
export function changes(row: FallbackModel, draft: ModelDraft): Record<string, string | number | null> {
  const before = draftOf(row);
  const patch: Record<string, string | number | null> = {};
  if (draft.name.trim() !== before.name) patch.name = draft.name.trim();
  for (const [field] of numbers) {
    const text = draft[field].trim();
    if (text !== before[field]) patch[field] = text === "" ? null : Number(text);
  }
  return patch;
}

function Form({ row, onClose }: { row: FallbackModel; onClose: () => void }) {
  const [draft, setDraft] = useState(() => draftOf(row));
  const patch = changes(row, draft);
  const set = (field: keyof ModelDraft) => (event: { target: { value: string } }) =>
    setDraft({ ...draft, [field]: event.target.value });
  return (
    <DialogForm
      action="Save"
      done="Model saved"
      stale={["fallback"]}
      ready={Object.keys(patch).length > 0}
      onClose={onClose}
      submit={() => command(path(["models", row.platform, row.model]), { method: "PATCH", body: patch })}
    >
      <Field label="Name">
        <Input value={draft.name} onChange={set("name")} />
      </Field>
      <div className="grid grid-cols-2 gap-3">
        {numbers.map(([field, label]) => (
          <Field key={field} label={label}>
            <Input
              type="number"
              min={1}
              step={1}
              placeholder="unlimited"
              className="num"
              value={draft[field]}
              onChange={set(field)}
            />
          </Field>
        ))}
      </div>
    </DialogForm>
  );
}

/** Edits a catalogue row. */
export function EditModel({ row, onClose }: { row: FallbackModel | null; onClose: () => void }) {
  return (
    <Dialog open={row !== null} onOpenChange={(open) => !open && onClose()}>
      {row && (
        <DialogContent title="Edit model" description={<span className="block truncate">{rowId(row)}</span>}>
          <Form row={row} onClose={onClose} />
        </DialogContent>
      )}
    </Dialog>
  );
}
