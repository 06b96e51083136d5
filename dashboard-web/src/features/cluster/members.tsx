import type { UseQueryResult } from "@tanstack/react-query";
import { LogOutIcon, TriangleAlertIcon, UnplugIcon } from "lucide-react";
import { command, path } from "@/api/client";
import type { Cluster, Member } from "@/api/cluster";
import { QueryPanel } from "@/components/panel";
import { Elapsed, Truncate } from "@/components/text";
import { Confirm } from "@/components/ui/alert-dialog";
import { Badge, type Tone } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Meter } from "@/components/ui/progress";
import { Actions, Cell, Head, Row, Table, TableBody, TableHead } from "@/components/ui/table";
import { Tip } from "@/components/ui/tooltip";
import { count, NONE, shortAddress } from "@/lib/format";
import { useAction } from "@/lib/use-action";

/** The colour of a member's state. */
export function memberTone(status: string, unreachable: boolean): Tone {
  if (unreachable || /^(down|removed)$/i.test(status)) return "bad";
  return /^up$/i.test(status) ? "good" : "warn";
}

/** A part of the cluster's load, as a figure and as a bar. */
function Load({ label, value, all }: { label: string; value: number | null; all: number }) {
  return (
    <div className="flex items-center justify-end gap-2.5">
      <span>{count(value)}</span>
      <Meter label={label} share={all > 0 ? (value ?? 0) / all : 0} className="w-16" calm />
    </div>
  );
}

function Leave({ member, self }: { member: Member; self: boolean }) {
  const name = shortAddress(member.address);
  const leave = useAction({
    run: () =>
      command(path(["cluster", "members", member.address, "leave"]), {
        method: "POST",
        body: { confirm: member.address },
      }),
    stale: ["cluster"],
    done: `${name} drains`,
    failed: "Not drained",
  });
  return (
    <Confirm
      trigger={
        <Button size="xs" aria-label={`Drain ${name}`} disabled={!/^up$/i.test(member.status)} busy={leave.isPending}>
          <LogOutIcon aria-hidden /> Drain
        </Button>
      }
      title={`Drain ${name}?`}
      description={
        "It takes no new requests, lets running answers end, hands its sessions over and ends itself. " +
        "Its supervisor, if it has one, starts it again." +
        (self ? " This page is served by it and waits until it is back." : "")
      }
      action="Drain"
      onConfirm={() => leave.mutate()}
    />
  );
}

function Down({ member }: { member: Member }) {
  const name = shortAddress(member.address);
  const down = useAction({
    run: () =>
      command(path(["cluster", "members", member.address, "down"]), {
        method: "POST",
        body: { confirm: member.address },
      }),
    stale: ["cluster"],
    done: `${name} counts as lost`,
    failed: "Not counted as lost",
  });
  return (
    <Confirm
      trigger={
        <Button size="xs" variant="danger" aria-label={`Count ${name} as lost`} busy={down.isPending}>
          <UnplugIcon aria-hidden /> Count as lost
        </Button>
      }
      title={`Count ${name} as lost?`}
      description="Only for a node that hangs or whose machine is gone: the others take over at once what it has."
      action="Count as lost"
      onConfirm={() => down.mutate()}
    />
  );
}

function MemberRow({ member, cluster, all }: { member: Member; cluster: Cluster; all: Totals }) {
  const lost = cluster.unreachable.includes(member.address);
  const self = member.address === cluster.self;
  const name = shortAddress(member.address);
  return (
    <Row>
      <Cell>
        <div className="flex items-center gap-1.5">
          <Truncate mono text={name} className="text-[0.8125rem]" />
          {self && (
            <Tip text="The node that answers this page">
              <Badge tone="accent">This node</Badge>
            </Tip>
          )}
          {member.address === cluster.leader && (
            <Tip text="Leads the cluster's membership">
              <Badge>Leader</Badge>
            </Tip>
          )}
        </div>
      </Cell>
      <Cell>
        <Badge tone={memberTone(member.status, lost)}>{lost ? "Unreachable" : member.status}</Badge>
      </Cell>
      <Cell numeric className="min-w-24">
        <Elapsed since={member.upSince} />
      </Cell>
      <Cell numeric>
        <Load label={`Share of sessions on ${name}`} value={member.sessions} all={all.sessions} />
      </Cell>
      <Cell numeric>
        <Load label={`Share of requests on ${name}`} value={member.inFlight} all={all.inFlight} />
      </Cell>
      <Cell>
        {member.httpUrl ? (
          <a href={member.httpUrl} className="text-primary underline-offset-4 hover:underline" dir="ltr">
            {member.httpUrl.replace(/^https?:\/\//, "")}
          </a>
        ) : (
          NONE
        )}
      </Cell>
      <Cell className="num">{member.version ?? NONE}</Cell>
      <Actions>{lost ? <Down member={member} /> : <Leave member={member} self={self} />}</Actions>
    </Row>
  );
}

type Totals = { sessions: number; inFlight: number };

function totals(members: readonly Member[]): Totals {
  return members.reduce(
    (sum, { sessions, inFlight }) => ({
      sessions: sum.sessions + (sessions ?? 0),
      inFlight: sum.inFlight + (inFlight ?? 0),
    }),
    { sessions: 0, inFlight: 0 },
  );
}

/** The cluster's nodes with their load; each can be drained, a lost one counted as lost. */
export function Members({ query }: { query: UseQueryResult<Cluster> }) {
  const lost = query.data?.unreachable ?? [];
  return (
    <QueryPanel
      title="Members"
      query={query}
      note={({ members }) => members.length}
      actions={
        lost.length > 0 && (
          <Badge tone="bad" role="alert">
            <TriangleAlertIcon aria-hidden />
            <span className="truncate">Unreachable: {lost.map(shortAddress).join(", ")}</span>
          </Badge>
        )
      }
    >
      {(cluster) => {
        const all = totals(cluster.members);
        return (
          <Table label="Members">
            <TableHead>
              <tr>
                <Head>Address</Head>
                <Head>Status</Head>
                <Head numeric>Up for</Head>
                <Head numeric tip="Sessions it owns, and its share of all">
                  Sessions
                </Head>
                <Head numeric tip="Requests it is serving, and its share of all">
                  In flight
                </Head>
                <Head>HTTP</Head>
                <Head>Version</Head>
                <Head>
                  <span className="sr-only">Actions</span>
                </Head>
              </tr>
            </TableHead>
            <TableBody>
              {cluster.members.map((member) => (
                <MemberRow key={member.address} member={member} cluster={cluster} all={all} />
              ))}
            </TableBody>
          </Table>
        );
      }}
    </QueryPanel>
  );
}
