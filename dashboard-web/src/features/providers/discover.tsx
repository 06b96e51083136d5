import { useQuery, useQueryClient } from "@tanstack/react-query";
import { CheckIcon, PlusIcon, RadarIcon, SearchIcon } from "lucide-react";
import { useState } from "react";
import { call, command, path } from "@/api/client";
import { type Discovered, discoveredSchema, type Platform } from "@/api/keys";
import { Empty, Failure, LoadingRows } from "@/components/states";
import { Truncate } from "@/components/text";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent, DialogTrigger } from "@/components/ui/dialog";
import { Input } from "@/components/ui/input";
import type { Opened } from "@/features/providers/add-key";
import { useAction } from "@/lib/use-action";

/** From this many models on, one has to search. */
const SHOWN = 200;

function Model({ platform, model }: { platform: Platform; model: Discovered }) {
  const client = useQueryClient();
  const add = useAction({
    run: async () => {
      await command(path(["models"]), { method: "POST", body: { platform: platform.id, id: model.id } });
      client.setQueryData<Discovered[]>(["discover", platform.id], (all) =>
        all?.map((each) => (each.id === model.id ? { ...each, known: true } : each)),
      );
    },
    stale: ["fallback", "platforms"],
    failed: "Not added",
  });
  return (
    <li className="flex h-10 items-center justify-between gap-3 text-[0.8125rem]">
      <Truncate text={model.id} className="max-w-full" />
      {model.known ? (
        <span className="flex shrink-0 items-center gap-1 text-xs text-muted-foreground">
          <CheckIcon aria-hidden className="size-3.5" /> In the chain
        </span>
      ) : (
        <Button size="xs" aria-label={`Add ${model.id}`} busy={add.isPending} onClick={() => add.mutate()}>
          <PlusIcon aria-hidden /> Add
        </Button>
      )}
    </li>
  );
}

function Models({ platform }: { platform: Platform }) {
  const [text, setText] = useState("");
  const { data, error, refetch } = useQuery({
    queryKey: ["discover", platform.id],
    queryFn: ({ signal }) =>
      call(path(["platforms", platform.id, "discover"]), discoveredSchema, { method: "POST", signal }),
    staleTime: 0,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
  });
  if (data === undefined) {
    return error ? <Failure error={error} onRetry={() => void refetch()} /> : <LoadingRows rows={5} />;
  }
  if (data.length === 0) return <Empty icon={RadarIcon} title="The provider lists no models" />;
  const found = data.filter(({ id }) => id.toLowerCase().includes(text.trim().toLowerCase()));
  return (
    <div className="flex flex-col gap-2">
      <div className="relative">
        <SearchIcon aria-hidden className="absolute top-2.5 left-3 size-4 text-muted-foreground" />
        <Input
          type="search"
          aria-label="Search discovered models"
          placeholder={`Search ${data.length} models`}
          className="pl-9"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </div>
      <ul tabIndex={0} aria-label="Discovered models" className="-mx-1 max-h-80 divide-y overflow-y-auto px-1">
        {found.slice(0, SHOWN).map((model) => (
          <Model key={model.id} platform={platform} model={model} />
        ))}
      </ul>
      {found.length === 0 && <p className="py-3 text-center text-muted-foreground">No model matches.</p>}
      {found.length > SHOWN && (
        <p className="text-xs text-muted-foreground">
          The first {SHOWN} of {found.length}; search for the others.
        </p>
      )}
    </div>
  );
}

/** Asks a provider which models it has, and adds those that are wanted to the chain. */
export function Discover({ platform, open, onOpenChange }: { platform: Platform } & Opened) {
  const name = platform.name ?? platform.id;
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogTrigger asChild>
        <Button size="xs" aria-label={`Discover models of ${name}`}>
          <RadarIcon aria-hidden /> Models
        </Button>
      </DialogTrigger>
      <DialogContent
        title={`Models of ${name}`}
        description="What the provider lists, asked with its first enabled key."
      >
        <Models platform={platform} />
      </DialogContent>
    </Dialog>
  );
}
