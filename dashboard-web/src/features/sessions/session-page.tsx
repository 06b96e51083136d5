import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { ArrowLeftIcon, BanIcon, PinOffIcon, RouteIcon } from "lucide-react";
import { toast } from "sonner";
import { ApiError, command, path } from "@/api/client";
import { sessionQuery } from "@/api/queries";
import { modelName, type SessionDetail } from "@/api/sessions";
import { Page } from "@/components/page";
import { Panel, QueryPanel } from "@/components/panel";
import { Empty, explain } from "@/components/states";
import { Ago, CopyButton, TimeLeft, Truncate } from "@/components/text";
import { Confirm } from "@/components/ui/alert-dialog";
import { Button } from "@/components/ui/button";
import { Actions, Cell, Head, Row, Table, TableBody, TableHead } from "@/components/ui/table";
import { DecisionTrace } from "@/features/sessions/decision-trace";
import { count, NONE, shortAddress } from "@/lib/format";
import { inWords, outcomeWords } from "@/lib/words";
import { useAction } from "@/lib/use-action";

const route = getRouteApi("/sessions/$key");

/** Every turn is folded; without a word about it the newest is open. */
const NO_TURN = "none";

function Forget({ sessionKey }: { sessionKey: string }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const forget = useMutation({
    mutationFn: () => command(path(["sessions", sessionKey]), { method: "DELETE" }),
    onSuccess: () => {
      toast.success("Pin and bans forgotten");
      client.removeQueries({ queryKey: ["session", sessionKey] });
      void client.invalidateQueries({ queryKey: ["sessions"] });
      void navigate({ to: "/sessions" });
    },
    onError: (error) => toast.error(`Not forgotten: ${explain(error)}`),
  });
  return (
    <Confirm
      trigger={
        <Button variant="danger" size="sm" busy={forget.isPending}>
          <PinOffIcon aria-hidden /> Forget pin
        </Button>
      }
      title="Forget this session's pin?"
      description="Its pin and its bans are dropped. The next turn is routed afresh."
      action="Forget pin"
      onConfirm={() => forget.mutate()}
    />
  );
}

function Facts({ session }: { session: SessionDetail }) {
  const facts = [
    ["Pinned model", <Truncate key="v" text={modelName(session)} className="max-w-full" />],
    ["Key", <Truncate key="v" text={session.keyLabel} className="max-w-full" />],
    ["Mode", session.mode ? inWords(session.mode) : NONE],
    ["Turns", count(session.turns)],
    ["Last used", <Ago key="v" at={session.lastUsed} />],
    ["Node", session.node ? shortAddress(session.node) : NONE],
  ] as const;
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-3 p-4 sm:grid-cols-3">
      {facts.map(([name, value]) => (
        <div key={name} className="min-w-0">
          <dt className="text-xs text-muted-foreground">{name}</dt>
          <dd className="num truncate font-medium">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Bans({ sessionKey, bans }: { sessionKey: string; bans: SessionDetail["bans"] }) {
  const lift = useAction({
    run: (platform: string) => command(path(["sessions", sessionKey, "bans", platform]), { method: "DELETE" }),
    stale: ["session", "sessions"],
    done: "Ban lifted",
    failed: "Not lifted",
  });
  return (
    <Panel title="Bans" note={bans.length}>
      {bans.length === 0 ? (
        <Empty icon={BanIcon} title="No bans" text="This session may use every platform." />
      ) : (
        <Table label="Bans">
          <TableHead>
            <tr>
              <Head>Platform</Head>
              <Head>Reason</Head>
              <Head numeric>Time left</Head>
              <Head>
                <span className="sr-only">Actions</span>
              </Head>
            </tr>
          </TableHead>
          <TableBody>
            {bans.map((ban) => (
              <Row key={ban.platform}>
                <Cell>
                  <Truncate text={ban.platform} className="max-w-40" />
                </Cell>
                <Cell>
                  <Truncate text={ban.reason && outcomeWords(ban.reason).name} />
                </Cell>
                <Cell numeric>
                  <TimeLeft until={ban.until} />
                </Cell>
                <Actions>
                  <Button
                    size="xs"
                    aria-label={`Lift the ban of ${ban.platform}`}
                    busy={lift.isPending && lift.variables === ban.platform}
                    onClick={() => lift.mutate(ban.platform)}
                  >
                    Lift
                  </Button>
                </Actions>
              </Row>
            ))}
          </TableBody>
        </Table>
      )}
    </Panel>
  );
}

/** One session: its pin, its bans, and how its last turns were routed. */
export function SessionPage() {
  const { key } = route.useParams();
  const { turn } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(sessionQuery(key));
  const gone = query.error instanceof ApiError && query.error.status === 404;
  const back = (
    <Button asChild size="sm">
      <Link to="/sessions">
        <ArrowLeftIcon aria-hidden /> Back to the list
      </Link>
    </Button>
  );
  return (
    <Page
      title="Session"
      about={
        <span className="flex min-w-0 items-center gap-1">
          <span className="max-w-[70vw] truncate font-mono text-xs" title={key}>
            {key}
          </span>
          <CopyButton text={key} label="Copy session key" />
        </span>
      }
      actions={
        <>
          {back}
          {!gone && <Forget sessionKey={key} />}
        </>
      }
    >
      {gone ? (
        <Panel title="Pin">
          <Empty
            icon={PinOffIcon}
            title="This session is forgotten"
            text="It was unused for longer than its time to live, or it was forgotten by hand."
            action={back}
          />
        </Panel>
      ) : (
        <>
          <div className="grid gap-5 lg:grid-cols-2">
            <QueryPanel title="Pin" query={query}>
              {(session) => <Facts session={session} />}
            </QueryPanel>
            {query.data && <Bans sessionKey={key} bans={query.data.bans} />}
          </div>
          <QueryPanel title="Route decisions" query={query} rows={6} note={({ decisions }) => decisions.length}>
            {({ decisions }) =>
              decisions.length === 0 ? (
                <Empty icon={RouteIcon} title="No decisions kept" text="The last 50 turns are kept here." />
              ) : (
                <ol className="divide-y">
                  {decisions.toReversed().map((decision, index) => {
                    const id = decision.requestId ?? `${decision.at}-${index}`;
                    return (
                      <DecisionTrace
                        key={id}
                        decision={decision}
                        open={turn === undefined ? index === 0 : turn === id}
                        onOpenChange={(open) =>
                          void navigate({ search: { turn: open ? id : NO_TURN }, replace: true, resetScroll: false })
                        }
                      />
                    );
                  })}
                </ol>
              )
            }
          </QueryPanel>
        </>
      )}
    </Page>
  );
}
