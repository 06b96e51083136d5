import { queryOptions, useQuery } from "@tanstack/react-query";
import { CheckIcon, ChevronsUpDownIcon } from "lucide-react";
import { useState } from "react";
import { maybeNumber, maybeText, z } from "@/api/base";
import { errorFrom } from "@/api/client";
import { Command, CommandEmpty, CommandGroup, CommandInput, CommandItem, CommandList } from "@/components/ui/command";
import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";
import { cn } from "@/lib/cn";

const modelsSchema = z.object({
  data: z.array(z.object({ id: z.string(), owned_by: maybeText, name: maybeText, context_window: maybeNumber })),
});

/** GET /v1/models, with the key of programs. */
function modelListQuery(apiKey: string) {
  return queryOptions({
    queryKey: ["model-list", apiKey],
    enabled: apiKey !== "",
    staleTime: 30_000,
    queryFn: async ({ signal }) => {
      const response = await fetch("/v1/models", { headers: { authorization: `Bearer ${apiKey}` }, signal });
      if (!response.ok) throw await errorFrom(response);
      return modelsSchema.parse(await response.json()).data;
    },
  });
}

const modes = [
  { id: "auto", about: "balanced" },
  { id: "auto-fast", about: "quickest first" },
  { id: "auto-smart", about: "cleverest first" },
];

const virtual = /^(?:(?:freellmapi|switchboard)\/)?auto(?:-fast|-smart)?$/;

type Props = { id?: string; apiKey: string; value: string; onChange: (model: string) => void };

/** A mode, or one of the models the node knows. */
export function ModelPicker({ id, apiKey, value, onChange, ...aria }: Props) {
  const [open, setOpen] = useState(false);
  const { data = [], isError } = useQuery(modelListQuery(apiKey));
  const choose = (model: string) => {
    onChange(model);
    setOpen(false);
  };
  const mark = (model: string) => <CheckIcon aria-hidden className={cn("ms-auto", model !== value && "invisible")} />;
  return (
    <Popover open={open} onOpenChange={setOpen}>
      <PopoverTrigger asChild>
        <button
          id={id}
          {...aria}
          type="button"
          aria-haspopup="dialog"
          className="flex h-9 w-full min-w-0 items-center justify-between gap-2 rounded-md border border-input bg-surface px-3 text-sm"
        >
          <span dir="auto" className="truncate" title={value}>
            {value}
          </span>
          <ChevronsUpDownIcon aria-hidden className="size-4 shrink-0 text-muted-foreground" />
        </button>
      </PopoverTrigger>
      <PopoverContent align="start" className="w-80 max-w-[calc(100vw-2rem)]">
        <Command label="Models">
          <CommandInput placeholder="Find a model" />
          <CommandList>
            <CommandEmpty>No model matches.</CommandEmpty>
            <CommandGroup heading="Modes">
              {modes.map((mode) => (
                <CommandItem key={mode.id} value={mode.id} onSelect={() => choose(mode.id)}>
                  {mode.id} <span className="text-xs text-muted-foreground">{mode.about}</span>
                  {mark(mode.id)}
                </CommandItem>
              ))}
            </CommandGroup>
            <CommandGroup heading={isError ? "The model list could not be loaded" : "Models"}>
              {data
                .filter(({ id: model }) => !virtual.test(model))
                .map((model) => (
                  <CommandItem
                    key={model.id}
                    value={model.id}
                    keywords={[model.name ?? "", model.owned_by ?? ""]}
                    onSelect={() => choose(model.id)}
                  >
                    <span dir="auto" className="truncate" title={model.id}>
                      {model.id}
                    </span>
                    {mark(model.id)}
                  </CommandItem>
                ))}
            </CommandGroup>
          </CommandList>
        </Command>
      </PopoverContent>
    </Popover>
  );
}
