import { useQuery } from "@tanstack/react-query";
import { KeyRoundIcon, Trash2Icon } from "lucide-react";
import { type ApiKey, apiKeysQuery } from "@/api/api-keys";
import { command, path } from "@/api/client";
import { QueryPanel } from "@/components/panel";
import { Empty } from "@/components/states";
import { Truncate } from "@/components/text";
import { Confirm } from "@/components/ui/alert-dialog";
import { Badge, type Tone } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Switch } from "@/components/ui/switch";
import { Actions, Cell, Head, Row, Table, TableBody, TableHead } from "@/components/ui/table";
import type { Opened } from "@/features/providers/add-key";
import { UsageBars } from "@/features/providers/keys-panel";
import { AddApiKey } from "@/features/settings/add-api-key";
import { NONE, day } from "@/lib/format";
import { useAction } from "@/lib/use-action";
import { inWords } from "@/lib/words";

const tones: Record<string, Tone> = { active: "good", expired: "warn" };

function ApiKeyRow({ row }: { row: ApiKey }) {
  const stale = ["api-keys", "audit"];
  const enable = useAction({
    run: (enabled: boolean) => command(path(["api-keys", row.id]), { method: "PATCH", body: { enabled } }),
    stale,
    failed: "Not changed",
  });
  const revoke = useAction({
    run: () => command(path(["api-keys", row.id]), { method: "DELETE" }),
    stale,
    done: "API key revoked",
    failed: "Not revoked",
  });
  return (
    <Row>
      <Cell className="w-0">
        <Switch
          aria-label={`Use API key ${row.name}`}
          checked={enable.isPending ? enable.variables : row.enabled}
          onCheckedChange={(enabled) => enable.mutate(enabled)}
        />
      </Cell>
      <Cell>
        <Truncate text={row.name} className="max-w-44" />
      </Cell>
      <Cell>
        <Truncate mono text={row.maskedKey} className="max-w-40 text-muted-foreground" />
      </Cell>
      <Cell>
        <Badge tone={tones[row.status] ?? "neutral"}>{inWords(row.status)}</Badge>
      </Cell>
      <Cell>
        <Truncate text={row.models.length === 0 ? "All" : row.models.join(", ")} className="max-w-52" />
      </Cell>
      <Cell>{row.mode ? inWords(row.mode) : NONE}</Cell>
      <Cell>
        <UsageBars usage={row.usage} limits={row} />
      </Cell>
      <Cell numeric>{row.expiresAt ? day(row.expiresAt) : "Never"}</Cell>
      <Actions>
        <Confirm
          trigger={
            <Button size="xs" variant="danger" aria-label={`Revoke ${row.name}`} busy={revoke.isPending}>
              <Trash2Icon aria-hidden /> Revoke
            </Button>
          }
          title={`Revoke ${row.name}?`}
          description="Every node refuses it within a second. It cannot be brought back."
          action="Revoke"
          onConfirm={() => revoke.mutate()}
        />
      </Actions>
    </Row>
  );
}

/** Further API keys, each for one caller or purpose, with what it may do and has used. */
export function ApiKeysPanel({ adding }: { adding: Opened }) {
  const query = useQuery(apiKeysQuery);
  return (
    <QueryPanel
      title="Further API keys"
      query={query}
      note={(rows) => rows.length}
      rows={3}
      actions={<AddApiKey {...adding} />}
    >
      {(rows) =>
        rows.length === 0 ? (
          <Empty
            icon={KeyRoundIcon}
            title="No further API keys"
            text="Give each program a key of its own, with its own models, limits and end."
          />
        ) : (
          <Table label="Further API keys">
            <TableHead>
              <tr>
                <Head>On</Head>
                <Head>Name</Head>
                <Head>Key</Head>
                <Head>Status</Head>
                <Head>Models</Head>
                <Head tip="What auto means for it">Mode</Head>
                <Head>Usage</Head>
                <Head numeric>Ends</Head>
                <Head>
                  <span className="sr-only">Actions</span>
                </Head>
              </tr>
            </TableHead>
            <TableBody>
              {rows.map((row) => (
                <ApiKeyRow key={row.id} row={row} />
              ))}
            </TableBody>
          </Table>
        )
      }
    </QueryPanel>
  );
}
