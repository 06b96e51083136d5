import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { EyeIcon, EyeOffIcon, RefreshCwIcon } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { call, path } from "@/api/client";
import { apiKeyQuery, apiKeySchema } from "@/api/settings";
import { QueryPanel } from "@/components/panel";
import { explain } from "@/components/states";
import { CopyButton } from "@/components/text";
import { Confirm } from "@/components/ui/alert-dialog";
import { Button } from "@/components/ui/button";

/** A key with all but its ends hidden, as wide as before. */
export function masked(key: string): string {
  return key.length <= 8 ? "•".repeat(key.length) : `${key.slice(0, 3)}${"•".repeat(key.length - 7)}${key.slice(-4)}`;
}

/** The key that programs use: hidden until asked for, copied, or made anew. */
export function ApiKeyPanel() {
  const query = useQuery(apiKeyQuery);
  const client = useQueryClient();
  const [shown, setShown] = useState(false);
  const regenerate = useMutation({
    mutationFn: () => call(path(["settings", "api-key", "regenerate"]), apiKeySchema, { method: "POST" }),
    onSuccess: (fresh) => {
      client.setQueryData(apiKeyQuery.queryKey, fresh);
      void client.invalidateQueries({ queryKey: ["audit"] });
      toast.success("New API key in use");
    },
    onError: (error) => toast.error(`No new key: ${explain(error)}`),
  });
  return (
    <QueryPanel title="API key" query={query} rows={1}>
      {({ apiKey }) => (
        <div className="flex flex-wrap items-center gap-2 p-4">
          <code
            dir="ltr"
            aria-label="API key"
            className="min-w-0 flex-1 basis-64 truncate rounded-md bg-muted px-3 py-2 font-mono text-xs"
          >
            {shown ? apiKey : masked(apiKey)}
          </code>
          <div className="flex items-center gap-1">
            <Button
              variant="ghost"
              size="icon-sm"
              aria-label={shown ? "Hide API key" : "Show API key"}
              aria-pressed={shown}
              onClick={() => setShown(!shown)}
            >
              {shown ? <EyeOffIcon aria-hidden /> : <EyeIcon aria-hidden />}
            </Button>
            <CopyButton text={apiKey} label="Copy API key" />
            <Confirm
              trigger={
                <Button size="sm" variant="danger" busy={regenerate.isPending} className="ml-1">
                  <RefreshCwIcon aria-hidden /> Regenerate
                </Button>
              }
              title="Make a new API key?"
              description="The present key stops working at once. Every program that uses it needs the new one."
              action="Make a new key"
              onConfirm={() => regenerate.mutate()}
            />
          </div>
        </div>
      )}
    </QueryPanel>
  );
}
