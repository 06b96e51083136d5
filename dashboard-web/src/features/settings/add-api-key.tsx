import { PlusIcon } from "lucide-react";
import { useState } from "react";
import { type Draft, draftBody, emptyDraft, madeKeySchema } from "@/api/api-keys";
import { call, path } from "@/api/client";
import { Field } from "@/components/field";
import { DialogForm } from "@/components/form";
import { CopyButton } from "@/components/text";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent, DialogTrigger } from "@/components/ui/dialog";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import type { Opened } from "@/features/providers/add-key";

const limits = [
  { name: "rpm", label: "Requests a minute" },
  { name: "rpd", label: "Requests a day" },
  { name: "tpm", label: "Tokens a minute" },
  { name: "tpd", label: "Tokens a day" },
] as const;
const modes = [
  { value: "any", name: "As the caller asks" },
  { value: "balanced", name: "Balanced" },
  { value: "smart", name: "Smart" },
  { value: "fast", name: "Fast" },
];

function Form({ onMade, onClose }: { onMade: (key: string) => void; onClose: () => void }) {
  const [draft, setDraft] = useState<Draft>(emptyDraft);
  const put = (part: Partial<Draft>) => setDraft((old) => ({ ...old, ...part }));
  return (
    <DialogForm
      action="Make key"
      done="API key made"
      stale={["api-keys", "audit"]}
      ready={draft.name.trim() !== ""}
      onClose={onClose}
      stays
      submit={async () => {
        const made = await call(path(["api-keys"]), madeKeySchema, { method: "POST", body: draftBody(draft) });
        onMade(made.key);
      }}
    >
      <Field label="Name">
        <Input
          value={draft.name}
          placeholder="who or what it is for"
          onChange={(event) => put({ name: event.target.value })}
        />
      </Field>
      <Field label="Models" hint="Ids, platform/model or platform/*, separated by commas; none for all.">
        <Input
          dir="ltr"
          value={draft.models}
          placeholder="all"
          onChange={(event) => put({ models: event.target.value })}
        />
      </Field>
      <div className="grid grid-cols-2 gap-3">
        {limits.map(({ name, label }) => (
          <Field key={name} label={label}>
            <Input
              type="number"
              min={1}
              step={1}
              inputMode="numeric"
              placeholder="unlimited"
              value={draft[name]}
              onChange={(event) => put({ [name]: event.target.value })}
            />
          </Field>
        ))}
        <Field label="Mode of auto">
          <Select
            placeholder="As the caller asks"
            value={draft.mode || "any"}
            onValueChange={(mode) => put({ mode: mode === "any" ? "" : mode })}
            options={modes}
          />
        </Field>
        <Field label="Last day">
          <Input type="date" value={draft.expires} onChange={(event) => put({ expires: event.target.value })} />
        </Field>
      </div>
    </DialogForm>
  );
}

function Made({ apiKey, onClose }: { apiKey: string; onClose: () => void }) {
  return (
    <div className="flex flex-col gap-4">
      <div className="flex items-center gap-2">
        <code
          dir="ltr"
          aria-label="New API key"
          className="min-w-0 flex-1 rounded-md bg-muted px-3 py-2 font-mono text-xs break-all"
        >
          {apiKey}
        </code>
        <CopyButton text={apiKey} label="Copy new API key" />
      </div>
      <div className="flex justify-end">
        <Button variant="primary" onClick={onClose}>
          I have it
        </Button>
      </div>
    </div>
  );
}

/** Makes another API key; the key is shown once and cannot be shown again. */
export function AddApiKey({ open, onOpenChange }: Opened) {
  const [made, setMade] = useState<string | null>(null);
  const change = (next: boolean) => {
    onOpenChange(next);
    if (!next) setMade(null);
  };
  return (
    <Dialog open={open} onOpenChange={change}>
      <DialogTrigger asChild>
        <Button size="sm" variant="primary">
          <PlusIcon aria-hidden /> Add API key
        </Button>
      </DialogTrigger>
      {made === null ? (
        <DialogContent title="Add an API key" description="For one caller or purpose, with limits of its own.">
          <Form onMade={setMade} onClose={() => change(false)} />
        </DialogContent>
      ) : (
        <DialogContent title="Copy the new API key" description="Only its hash is kept: it is shown this once.">
          <Made apiKey={made} onClose={() => change(false)} />
        </DialogContent>
      )}
    </Dialog>
  );
}
