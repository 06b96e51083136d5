import { RotateCcwIcon } from "lucide-react";
import { useState } from "react";
import { command, path } from "@/api/client";
import { readValue, type Setting, valueText } from "@/api/settings";
import { Field } from "@/components/field";
import { DialogForm } from "@/components/form";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Input, Textarea } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { useAction } from "@/lib/use-action";

const yesNo = [
  { value: "true", name: "true" },
  { value: "false", name: "false" },
];

/** Gives the dashboard's value up. */
function Reset({ setting, onClose }: { setting: Setting; onClose: () => void }) {
  const reset = useAction({
    run: async () => {
      await command(path(["settings"]), { method: "PUT", body: { [setting.key]: null } });
      onClose();
    },
    stale: ["settings", "audit"],
    done: "Back to file or default",
    failed: "Not reset",
  });
  return (
    <Button size="sm" className="self-start" busy={reset.isPending} onClick={() => reset.mutate()}>
      <RotateCcwIcon aria-hidden /> Use file or default
    </Button>
  );
}

function Form({ setting, onClose }: { setting: Setting; onClose: () => void }) {
  const like = setting.value ?? setting.default;
  const structured = typeof like === "object" && like !== null;
  const [text, setText] = useState(structured ? JSON.stringify(like, null, 2) : valueText(setting.value));
  return (
    <DialogForm
      action="Save"
      done="Setting saved"
      stale={["settings", "audit"]}
      ready={text.trim() !== "" && text !== valueText(setting.value)}
      onClose={onClose}
      submit={async () =>
        command(path(["settings"]), { method: "PUT", body: { [setting.key]: readValue(text, like) } })
      }
    >
      <Field
        label="Value"
        hint={`Default: ${valueText(setting.default) || "none"}. In force on every node within a second.`}
      >
        {typeof like === "boolean" ? (
          <Select value={text} onValueChange={setText} options={yesNo} />
        ) : structured ? (
          <Textarea
            dir="ltr"
            rows={6}
            spellCheck={false}
            className="font-mono text-xs"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        ) : (
          <Input spellCheck={false} value={text} onChange={(event) => setText(event.target.value)} />
        )}
      </Field>
      {setting.source === "dashboard" && <Reset setting={setting} onClose={onClose} />}
    </DialogForm>
  );
}

export function EditSetting({ setting, onClose }: { setting: Setting | null; onClose: () => void }) {
  return (
    <Dialog open={setting !== null} onOpenChange={(open) => !open && onClose()}>
      {setting && (
        <DialogContent
          title={<span className="font-mono text-sm break-all">{setting.key}</span>}
          description={setting.description ?? undefined}
        >
          <Form setting={setting} onClose={onClose} />
        </DialogContent>
      )}
    </Dialog>
  );
}
