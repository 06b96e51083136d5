import { DownloadIcon } from "lucide-react";
import { useState } from "react";
import { call, path } from "@/api/client";
import { exportSchema } from "@/api/transfer";
import { Field } from "@/components/field";
import { DialogForm } from "@/components/form";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent, DialogTrigger } from "@/components/ui/dialog";
import { Input } from "@/components/ui/input";
import { Switch } from "@/components/ui/switch";
import { download } from "@/lib/csv";

function Form({ onClose }: { onClose: () => void }) {
  const [secrets, setSecrets] = useState(false);
  const [adminKey, setAdminKey] = useState("");
  const submit = async () => {
    const options = secrets ? ({ method: "POST", body: { adminKey: adminKey.trim() } } as const) : {};
    const file = await call(path(["export"]), exportSchema, options);
    const day = new Date().toISOString().slice(0, 10);
    download(`switchboard-providers-${day}.json`, `${JSON.stringify(file, null, 2)}\n`, "application/json");
  };
  return (
    <DialogForm
      action={secrets ? "Export with secrets" : "Export"}
      done={secrets ? "Exported, secrets included" : "Exported, without secrets"}
      stale={["audit"]}
      ready={!secrets || adminKey.trim() !== ""}
      onClose={onClose}
      submit={submit}
    >
      <div className="flex items-start justify-between gap-4">
        <label htmlFor="export-secrets" className="text-sm">
          With the keys' secrets
          <span className="block text-[0.8125rem] text-muted-foreground">
            Whoever has the file can use the keys. The audit keeps that it was made.
          </span>
        </label>
        <Switch id="export-secrets" checked={secrets} onCheckedChange={setSecrets} />
      </div>
      {secrets && (
        <Field label="Admin key, once more">
          <Input
            type="password"
            dir="ltr"
            autoComplete="off"
            spellCheck={false}
            value={adminKey}
            onChange={(event) => setAdminKey(event.target.value)}
          />
        </Field>
      )}
    </DialogForm>
  );
}

/** Saves platforms, models and keys as a file; secrets only with the admin key given once more. */
export function Export({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogTrigger asChild>
        <Button>
          <DownloadIcon aria-hidden /> Export
        </Button>
      </DialogTrigger>
      <DialogContent
        title="Export providers and keys"
        description="Platforms and models of your own, and all keys, as one file."
      >
        <Form onClose={() => onOpenChange(false)} />
      </DialogContent>
    </Dialog>
  );
}
