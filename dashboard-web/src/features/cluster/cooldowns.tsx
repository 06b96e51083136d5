import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { SnowflakeIcon } from "lucide-react";
import { toast } from "sonner";
import { command, path } from "@/api/client";
import type { Cooldown } from "@/api/cluster";
import { cooldownsQuery } from "@/api/queries";
import { QueryPanel } from "@/components/panel";
import { Empty, explain } from "@/components/states";
import { TimeLeft, Truncate } from "@/components/text";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Actions, Cell, Head, Row, Table, TableBody, TableHead } from "@/components/ui/table";
import { inWords, outcomeWords } from "@/lib/words";

/** Ends a cooldown before its time. */
export function useRelease() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => command(path(["cooldowns", id]), { method: "DELETE" }),
    onError: (error) => toast.error(`Not released: ${explain(error)}`),
    onSettled: () => {
      for (const key of ["cooldowns", "fallback", "keys"]) void client.invalidateQueries({ queryKey: [key] });
    },
  });
}

/** What is cooling, in words. */
export function cooldownName({ platform, model, keyLabel, scope }: Cooldown): string {
  const what = model ? `${platform}/${model}` : platform;
  return scope === "key" ? `${what} · ${keyLabel ?? "key"}` : what;
}

/** Models and keys that are left alone for a while. */
export function CooldownsPanel() {
  const query = useQuery(cooldownsQuery);
  const release = useRelease();
  return (
    <QueryPanel title="Cooldowns" query={query} note={(rows) => rows.length}>
      {(rows) =>
        rows.length === 0 ? (
          <Empty
            icon={SnowflakeIcon}
            title="Nothing is cooling"
            text="Models and keys that fail rest here for a while."
          />
        ) : (
          <Table label="Cooldowns">
            <TableHead>
              <tr>
                <Head>What</Head>
                <Head>Kind</Head>
                <Head>Reason</Head>
                <Head numeric>Time left</Head>
                <Head>
                  <span className="sr-only">Actions</span>
                </Head>
              </tr>
            </TableHead>
            <TableBody>
              {rows.map((row) => (
                <Row key={row.id}>
                  <Cell>
                    <Truncate text={cooldownName(row)} className="max-w-80" />
                  </Cell>
                  <Cell>
                    <Badge>{inWords(row.scope)}</Badge>
                  </Cell>
                  <Cell>
                    <Truncate text={row.reason && outcomeWords(row.reason).name} />
                  </Cell>
                  <Cell numeric className="min-w-24">
                    <TimeLeft until={row.until} />
                  </Cell>
                  <Actions>
                    <Button
                      size="xs"
                      aria-label={`Release ${cooldownName(row)}`}
                      busy={release.isPending && release.variables === row.id}
                      onClick={() => release.mutate(row.id)}
                    >
                      Release
                    </Button>
                  </Actions>
                </Row>
              ))}
            </TableBody>
          </Table>
        )
      }
    </QueryPanel>
  );
}
