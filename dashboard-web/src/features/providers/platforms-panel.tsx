import { useQuery } from "@tanstack/react-query";
import { PlusIcon, SearchIcon, ServerIcon, Trash2Icon } from "lucide-react";
import { useState } from "react";
import { command, path } from "@/api/client";
import { type Platform, platformsQuery } from "@/api/keys";
import { Field } from "@/components/field";
import { DialogForm } from "@/components/form";
import { QueryPanel } from "@/components/panel";
import { Empty } from "@/components/states";
import { Truncate } from "@/components/text";
import { Confirm } from "@/components/ui/alert-dialog";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent, DialogTrigger } from "@/components/ui/dialog";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { Switch } from "@/components/ui/switch";
import { Actions, Cell, Head, Row, Table, TableBody, TableHead } from "@/components/ui/table";
import { Tip } from "@/components/ui/tooltip";
import type { Opened } from "@/features/providers/add-key";
import { Discover } from "@/features/providers/discover";
import { count, NONE } from "@/lib/format";
import { useAction } from "@/lib/use-action";

const adapters = [
  { value: "openai", name: "OpenAI-compatible" },
  { value: "google", name: "Google" },
  { value: "cohere", name: "Cohere" },
  { value: "cloudflare", name: "Cloudflare" },
];

function Form({ onClose }: { onClose: () => void }) {
  const [id, setId] = useState("");
  const [name, setName] = useState("");
  const [baseUrl, setBaseUrl] = useState("");
  const [adapter, setAdapter] = useState("openai");
  const body = { id: id.trim(), name: name.trim() || id.trim(), adapter, baseUrl: baseUrl.trim() };
  return (
    <DialogForm
      action="Add platform"
      done="Platform added"
      stale={["platforms", "fallback"]}
      ready={body.id !== "" && body.baseUrl !== ""}
      onClose={onClose}
      submit={() => command(path(["platforms"]), { method: "POST", body })}
    >
      <div className="grid grid-cols-2 gap-3">
        <Field label="Id" hint="Used in model names.">
          <Input spellCheck={false} autoCapitalize="none" value={id} onChange={(event) => setId(event.target.value)} />
        </Field>
        <Field label="Name">
          <Input placeholder="optional" value={name} onChange={(event) => setName(event.target.value)} />
        </Field>
      </div>
      <Field label="Base URL" hint="Up to and with /v1.">
        <Input
          type="url"
          dir="ltr"
          placeholder="https://…/v1"
          value={baseUrl}
          onChange={(event) => setBaseUrl(event.target.value)}
        />
      </Field>
      <Field label="Wire format">
        <Select value={adapter} onValueChange={setAdapter} options={adapters} />
      </Field>
    </DialogForm>
  );
}

function AddPlatform({ open, onOpenChange }: Opened) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogTrigger asChild>
        <Button size="sm">
          <PlusIcon aria-hidden /> Add platform
        </Button>
      </DialogTrigger>
      <DialogContent title="Add a platform" description="Anything that speaks one of the known wire formats.">
        <Form onClose={() => onOpenChange(false)} />
      </DialogContent>
    </Dialog>
  );
}

function PlatformRow({ platform, discovering }: { platform: Platform; discovering: Opened }) {
  const own = platform.origin !== "builtin";
  const name = platform.name ?? platform.id;
  const enable = useAction({
    run: (enabled: boolean) => command(path(["platforms", platform.id]), { method: "PATCH", body: { enabled } }),
    stale: ["platforms", "fallback"],
    failed: "Not changed",
  });
  const remove = useAction({
    run: () => command(path(["platforms", platform.id]), { method: "DELETE" }),
    stale: ["platforms", "keys", "fallback"],
    done: "Platform removed",
    failed: "Not removed",
  });
  return (
    <Row>
      <Cell className="w-0">
        <Switch
          aria-label={`Use platform ${name}`}
          checked={enable.isPending ? enable.variables : platform.enabled}
          onCheckedChange={(enabled) => enable.mutate(enabled)}
        />
      </Cell>
      <Cell className="py-1.5">
        <div className="flex items-center gap-1.5">
          <Truncate text={name} className="max-w-36 font-medium sm:max-w-40" />
          {own && <Badge>{platform.origin === "bootstrap" ? "From the file" : "Own"}</Badge>}
          {platform.keyless && (
            <Tip text="Answers without a key">
              <Badge>Keyless</Badge>
            </Tip>
          )}
        </div>
        <Truncate mono text={platform.id} className="max-w-48 text-muted-foreground" />
      </Cell>
      <Cell>{adapters.find(({ value }) => value === platform.adapter)?.name ?? platform.adapter ?? NONE}</Cell>
      <Cell>
        <Truncate mono text={platform.baseUrl} className="max-w-56 text-muted-foreground" />
      </Cell>
      <Cell numeric>{count(platform.keyCount)}</Cell>
      <Cell numeric>{count(platform.modelCount)}</Cell>
      <Actions>
        <div className="flex justify-end gap-1">
          <Discover platform={platform} {...discovering} />
          {own && (
            <Confirm
              trigger={
                <Button size="xs" variant="danger" aria-label={`Remove ${name}`} title="Remove" busy={remove.isPending}>
                  <Trash2Icon aria-hidden /> <span className="hidden 2xl:inline">Remove</span>
                </Button>
              }
              title="Remove this platform?"
              description={`${name} goes with its models and keys.`}
              action="Remove"
              onConfirm={() => remove.mutate()}
            />
          )}
        </div>
      </Actions>
    </Row>
  );
}

type Props = {
  search: string;
  adding: Opened;
  /** The platform whose models are being looked at. */
  discovering: string | undefined;
  onDiscover: (platform: string | undefined) => void;
};

export function PlatformsPanel({ search, adding, discovering, onDiscover }: Props) {
  const query = useQuery(platformsQuery);
  const wanted = search.trim().toLowerCase();
  return (
    <QueryPanel
      title="Platforms"
      query={query}
      rows={6}
      note={(platforms) => platforms.length}
      actions={query.data && <AddPlatform {...adding} />}
    >
      {(platforms) => {
        const found = platforms.filter(({ id, name }) => `${id} ${name ?? ""}`.toLowerCase().includes(wanted));
        return platforms.length === 0 ? (
          <Empty
            icon={ServerIcon}
            title="No platforms"
            text="The catalogue is switched off. Add a platform of your own."
          />
        ) : found.length === 0 ? (
          <Empty icon={SearchIcon} title="No platform matches" />
        ) : (
          <Table label="Platforms">
            <TableHead>
              <tr>
                <Head>On</Head>
                <Head>Name</Head>
                <Head>Wire format</Head>
                <Head>Base URL</Head>
                <Head numeric>Keys</Head>
                <Head numeric>Models</Head>
                <Head>
                  <span className="sr-only">Actions</span>
                </Head>
              </tr>
            </TableHead>
            <TableBody>
              {found.map((platform) => (
                <PlatformRow
                  key={platform.id}
                  platform={platform}
                  discovering={{
                    open: discovering === platform.id,
                    onOpenChange: (open) => onDiscover(open ? platform.id : undefined),
                  }}
                />
              ))}
            </TableBody>
          </Table>
        );
      }}
    </QueryPanel>
  );
}
