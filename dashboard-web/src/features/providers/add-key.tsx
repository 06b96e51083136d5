import { useQuery } from "@tanstack/react-query";
import { PlusIcon } from "lucide-react";
import { useState } from "react";
import { command, path } from "@/api/client";
import { type Platform, platformsQuery } from "@/api/keys";
import { Field } from "@/components/field";
import { DialogForm } from "@/components/form";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent, DialogTrigger } from "@/components/ui/dialog";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";

function Form({ platforms, onClose }: { platforms: readonly Platform[]; onClose: () => void }) {
  const [platform, setPlatform] = useState("");
  const [key, setKey] = useState("");
  const [label, setLabel] = useState("");
  const chosen = platforms.find(({ id }) => id === platform);
  const body = { platform, key: key.trim(), ...(label.trim() ? { label: label.trim() } : {}) };
  return (
    <DialogForm
      action="Add key"
      done="Key added"
      stale={["keys", "fallback"]}
      ready={platform !== "" && body.key !== ""}
      onClose={onClose}
      submit={() => command(path(["keys"]), { method: "POST", body })}
    >
      <Field label="Platform">
        <Select
          placeholder="Choose a platform"
          value={platform}
          onValueChange={setPlatform}
          options={platforms.map(({ id, name }) => ({ value: id, name: name ?? id }))}
        />
      </Field>
      <Field
        label="Key"
        hint={
          chosen?.adapter === "cloudflare" ? (
            "Account id and token, as account:token."
          ) : chosen?.keyPage ? (
            <a
              href={chosen.keyPage}
              target="_blank"
              rel="noreferrer noopener"
              className="text-primary underline underline-offset-4"
            >
              Where to get one
            </a>
          ) : (
            "Kept encrypted; only its end is ever shown again."
          )
        }
      >
        <Input
          type="password"
          dir="ltr"
          autoComplete="off"
          spellCheck={false}
          value={key}
          onChange={(event) => setKey(event.target.value)}
        />
      </Field>
      <Field label="Label">
        <Input placeholder="optional" value={label} onChange={(event) => setLabel(event.target.value)} />
      </Field>
    </DialogForm>
  );
}

export type Opened = { open: boolean; onOpenChange: (open: boolean) => void };

export function AddKey({ open, onOpenChange }: Opened) {
  const { data = [] } = useQuery(platformsQuery);
  return (
    <Dialog open={open && data.length > 0} onOpenChange={onOpenChange}>
      <DialogTrigger asChild>
        <Button size="sm" variant="primary" disabled={data.length === 0}>
          <PlusIcon aria-hidden /> Add key
        </Button>
      </DialogTrigger>
      <DialogContent title="Add a provider key">
        <Form platforms={data} onClose={() => onOpenChange(false)} />
      </DialogContent>
    </Dialog>
  );
}
