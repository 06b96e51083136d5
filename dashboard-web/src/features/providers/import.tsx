import { useMutation } from "@tanstack/react-query";
import { UploadIcon } from "lucide-react";
import { useState } from "react";
import { call, command, path } from "@/api/client";
import { added, importReportSchema, type ImportItem, type ImportReport, readExport } from "@/api/transfer";
import { Field } from "@/components/field";
import { DialogForm } from "@/components/form";
import { explain } from "@/components/states";
import { Truncate } from "@/components/text";
import { Badge, type Tone } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent, DialogTrigger } from "@/components/ui/dialog";
import { Input } from "@/components/ui/input";

const outcomes: Record<ImportItem["outcome"], { name: string; tone: Tone }> = {
  added: { name: "New", tone: "good" },
  present: { name: "Here already", tone: "neutral" },
  "without-secret": { name: "No secret", tone: "warn" },
};

function Items({ title, items }: { title: string; items: readonly ImportItem[] }) {
  if (items.length === 0) return null;
  return (
    <section aria-label={title}>
      <h3 className="mb-1 text-xs font-medium text-muted-foreground">
        {title} <span className="num">{items.length}</span>
      </h3>
      <ul className="flex flex-col gap-1">
        {items.map((item, index) => (
          <li key={index} className="flex items-center justify-between gap-3 text-[0.8125rem]">
            <Truncate
              text={title === "Platforms" ? item.name : `${item.platform} · ${item.name}`}
              className="max-w-full"
            />
            <Badge tone={outcomes[item.outcome].tone}>{outcomes[item.outcome].name}</Badge>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Report({ report }: { report: ImportReport }) {
  return (
    <div
      tabIndex={0}
      role="group"
      aria-label="What the file holds"
      className="flex max-h-72 flex-col gap-4 overflow-y-auto rounded-md border p-3"
    >
      <Items title="Platforms" items={report.platforms} />
      <Items title="Models" items={report.models} />
      <Items title="Keys" items={report.keys} />
    </div>
  );
}

function Form({ onClose }: { onClose: () => void }) {
  const [file, setFile] = useState<unknown>(null);
  const look = useMutation({
    mutationFn: async (chosen: File) => {
      const content = readExport(await chosen.text());
      const report = await call(path(["import"], { dryRun: "true" }), importReportSchema, {
        method: "POST",
        body: content,
      });
      setFile(content);
      return report;
    },
    onMutate: () => setFile(null),
  });
  const report = file === null ? undefined : look.data;
  const rows = report ? added(report) : 0;
  return (
    <DialogForm
      action={rows === 0 ? "Import" : `Import ${rows} ${rows === 1 ? "row" : "rows"}`}
      done="Imported"
      stale={["platforms", "keys", "fallback", "audit"]}
      ready={rows > 0}
      onClose={onClose}
      submit={() => command(path(["import"]), { method: "POST", body: file })}
    >
      <Field label="File" hint="What is here already stays as it is. Nothing is added before you confirm.">
        <Input
          type="file"
          accept="application/json,.json"
          className="py-1.5"
          onChange={(event) => {
            const chosen = event.target.files?.[0];
            if (chosen) look.mutate(chosen);
          }}
        />
      </Field>
      {look.isError && (
        <p role="alert" dir="auto" className="text-[0.8125rem] break-words text-bad">
          {explain(look.error)}
        </p>
      )}
      {report && <Report report={report} />}
      {report && rows === 0 && (
        <p role="status" className="text-[0.8125rem] text-muted-foreground">
          There is nothing new in this file.
        </p>
      )}
    </DialogForm>
  );
}

/** Brings platforms, models and keys in from a file, after showing what it would add. */
export function Import({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogTrigger asChild>
        <Button>
          <UploadIcon aria-hidden /> Import
        </Button>
      </DialogTrigger>
      <DialogContent title="Import providers and keys" description="A file that Export has made, here or elsewhere.">
        <Form onClose={() => onOpenChange(false)} />
      </DialogContent>
    </Dialog>
  );
}
