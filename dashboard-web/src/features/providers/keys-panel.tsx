import { useQuery } from "@tanstack/react-query";
import { KeyRoundIcon, RefreshCwIcon, SearchIcon, SnowflakeIcon, Trash2Icon, XIcon } from "lucide-react";
import { command, path } from "@/api/client";
import {
  keyLimits,
  keysByPlatform,
  keysQuery,
  keyStatus,
  type Limits,
  platformsQuery,
  type ProviderKey,
  type Usage,
} from "@/api/keys";
import { fallbackQuery } from "@/api/models";
import { cooldownsQuery } from "@/api/queries";
import { QueryPanel } from "@/components/panel";
import { Empty } from "@/components/states";
import { Ago, Truncate } from "@/components/text";
import { Confirm } from "@/components/ui/alert-dialog";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Meter } from "@/components/ui/progress";
import { Switch } from "@/components/ui/switch";
import { Actions, Cell, Head, Row, Table, TableBody, TableHead } from "@/components/ui/table";
import { Tip } from "@/components/ui/tooltip";
import { useRelease } from "@/features/cluster/cooldowns";
import { AddKey, type Opened } from "@/features/providers/add-key";
import { ahead, compact, count, timeLeft } from "@/lib/format";
import { useAction } from "@/lib/use-action";
import { useNow } from "@/lib/use-now";
import { cn } from "@/lib/cn";

const windows = [
  ["rpm", "Requests this minute"],
  ["rpd", "Requests today"],
  ["tpm", "Tokens this minute"],
  ["tpd", "Tokens today"],
] as const;

/** Use against each limit, one bar a window; a window without a limit shows its amount only. */
export function UsageBars({ usage, limits }: { usage: Usage; limits: Limits }) {
  return (
    <div className="grid w-80 grid-cols-[4.25rem_4.25rem_4.75rem_5.25rem] gap-2">
      {windows.map(([window, name]) => {
        const used = usage[window];
        const limit = limits[window];
        return (
          <Tip key={window} text={`${name}: ${count(used)} of ${limit === null ? "unlimited" : count(limit)}`}>
            <div className="min-w-0">
              <p className="num truncate text-[0.6875rem] leading-4 text-muted-foreground">
                <span className="text-foreground">{compact(used)}</span>
                {limit !== null && `/${compact(limit)}`} {window}
              </p>
              {limit !== null && limit > 0 ? (
                <Meter label={`${name}, share used`} share={used / limit} />
              ) : (
                <div className="h-1" />
              )}
            </div>
          </Tip>
        );
      })}
    </div>
  );
}

/** Counts a key's cooldown down and offers to end it. */
function KeyCooldown({ entry, name }: { entry: ProviderKey; name: string }) {
  const release = useRelease();
  const now = useNow();
  const { data } = useQuery({
    ...cooldownsQuery,
    select: (all) => all.find(({ keyId }) => keyId === entry.id),
  });
  if (!data || !ahead(data.until, now)) return null;
  return (
    <Badge tone="accent" className="pr-0.5">
      <SnowflakeIcon aria-hidden />
      <span className="sr-only">Cooling for </span>
      {timeLeft(data.until, now)}
      <button
        type="button"
        aria-label={`Release key ${name}`}
        title="Release now"
        aria-disabled={release.isPending}
        onClick={() => release.isPending || release.mutate(data.id)}
        className="rounded p-0.5 hover:bg-surface"
      >
        <XIcon aria-hidden />
      </button>
    </Badge>
  );
}

function KeyRow({ entry, limits }: { entry: ProviderKey; limits: Limits }) {
  const label = entry.label || entry.maskedKey || entry.id;
  const name = `${entry.platform} ${label}`;
  const status = keyStatus(entry.status);
  const stale = ["keys", "fallback"];
  const check = useAction({
    run: () => command(path(["keys", entry.id, "check"]), { method: "POST" }),
    stale,
    failed: "Not checked",
  });
  const enable = useAction({
    run: (enabled: boolean) => command(path(["keys", entry.id]), { method: "PATCH", body: { enabled } }),
    stale,
    failed: "Not changed",
  });
  const remove = useAction({
    run: () => command(path(["keys", entry.id]), { method: "DELETE" }),
    stale,
    done: "Key removed",
    failed: "Not removed",
  });
  return (
    <Row>
      <Cell className="w-0">
        <Switch
          aria-label={`Use key ${name}`}
          checked={enable.isPending ? enable.variables : entry.enabled}
          onCheckedChange={(enabled) => enable.mutate(enabled)}
        />
      </Cell>
      <Cell className="py-1.5">
        <Truncate text={label} className="max-w-28 sm:max-w-32" />
        {label !== entry.maskedKey && (
          <Truncate mono text={entry.maskedKey} className="max-w-28 text-muted-foreground sm:max-w-32" />
        )}
      </Cell>
      <Cell className="py-1.5">
        <div className="flex items-center gap-1">
          <Tip text={entry.statusReason ?? status.about}>
            <Badge tone={entry.enabled ? status.tone : "neutral"}>{status.name}</Badge>
          </Tip>
          <KeyCooldown entry={entry} name={name} />
        </div>
        {entry.statusReason && entry.status !== "healthy" && (
          <Truncate text={entry.statusReason} className="mt-0.5 max-w-44 text-xs text-muted-foreground" />
        )}
      </Cell>
      <Cell>
        <UsageBars usage={entry.usage} limits={limits} />
      </Cell>
      <Cell numeric className="min-w-24">
        {entry.lastCheckedAt ? <Ago at={entry.lastCheckedAt} /> : <span className="text-muted-foreground">Never</span>}
      </Cell>
      <Actions>
        <div className="flex justify-end gap-1">
          <Button size="xs" aria-label={`Check ${name}`} busy={check.isPending} onClick={() => check.mutate()}>
            <RefreshCwIcon aria-hidden className={cn(check.isPending && "animate-spin")} /> Check
          </Button>
          <Confirm
            trigger={
              <Button size="xs" variant="danger" aria-label={`Remove ${name}`} title="Remove" busy={remove.isPending}>
                <Trash2Icon aria-hidden /> <span className="hidden 2xl:inline">Remove</span>
              </Button>
            }
            title="Remove this key?"
            description={`${name} will no longer be used. It cannot be brought back.`}
            action="Remove"
            onConfirm={() => remove.mutate()}
          />
        </div>
      </Actions>
    </Row>
  );
}

export function KeysPanel({ search, adding }: { search: string; adding: Opened }) {
  const wanted = search.trim().toLowerCase();
  const query = useQuery(keysQuery);
  const platforms = useQuery(platformsQuery);
  const checkAll = useAction({
    run: () => command(path(["keys", "check"]), { method: "POST" }),
    stale: ["keys"],
    done: "All keys checked",
    failed: "Not checked",
  });
  const chain = useQuery(fallbackQuery);
  const limitsOf = (id: string) =>
    keyLimits(
      platforms.data?.find((platform) => platform.id === id)?.shared,
      (chain.data ?? []).filter((row) => row.platform === id && row.enabled),
    );
  const nameOf = (id: string) => platforms.data?.find((platform) => platform.id === id)?.name ?? id;
  return (
    <QueryPanel
      title="Keys"
      query={query}
      rows={5}
      note={(keys) => keys.length}
      actions={
        query.data !== undefined && (
          <>
            <Button
              size="sm"
              disabled={query.data.length === 0}
              busy={checkAll.isPending}
              onClick={() => checkAll.mutate()}
            >
              <RefreshCwIcon aria-hidden className={cn(checkAll.isPending && "animate-spin")} /> Check all
            </Button>
            <AddKey {...adding} />
          </>
        )
      }
    >
      {(keys) => {
        const found = keys.filter(({ platform, label }) =>
          `${platform} ${nameOf(platform)} ${label ?? ""}`.toLowerCase().includes(wanted),
        );
        return keys.length === 0 ? (
          <Empty
            icon={KeyRoundIcon}
            title="No provider keys yet"
            text="Until the first key is added, the built-in demo models answer."
          />
        ) : found.length === 0 ? (
          <Empty icon={SearchIcon} title="No key matches" />
        ) : (
          <Table label="Provider keys">
            <TableHead>
              <tr>
                <Head>On</Head>
                <Head>Label</Head>
                <Head>Status</Head>
                <Head>Usage</Head>
                <Head numeric>Checked</Head>
                <Head>
                  <span className="sr-only">Actions</span>
                </Head>
              </tr>
            </TableHead>
            {keysByPlatform(found).map(([platform, entries]) => (
              <TableBody key={platform} className="border-b last:border-0">
                <tr>
                  <th scope="rowgroup" colSpan={6} className="h-8 bg-muted/60 px-4 text-left text-xs font-semibold">
                    <span dir="auto" className="block max-w-96 truncate" title={platform}>
                      {nameOf(platform)}
                    </span>
                  </th>
                </tr>
                {entries.map((entry) => (
                  <KeyRow key={entry.id} entry={entry} limits={limitsOf(platform)} />
                ))}
              </TableBody>
            ))}
          </Table>
        );
      }}
    </QueryPanel>
  );
}
