import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { clusterQuery, cooldownsQuery, inFlightQuery, sessionsQuery } from "@/api/queries";
import { Page } from "@/components/page";
import { QueryPanel } from "@/components/panel";
import { Stat, Stats } from "@/components/stat";
import { Button } from "@/components/ui/button";
import { CooldownsPanel } from "@/features/cluster/cooldowns";
import { InFlightPanel } from "@/features/cluster/in-flight";
import { Members } from "@/features/cluster/members";
import { Shards, Singletons } from "@/features/cluster/placement";
import { SessionsTable } from "@/features/sessions/sessions-table";
import { count, NONE } from "@/lib/format";

const SHOWN_SESSIONS = 10;

function Summary() {
  const cluster = useQuery(clusterQuery);
  const inFlight = useQuery(inFlightQuery);
  const cooldowns = useQuery(cooldownsQuery);
  const members = cluster.data?.members;
  const up = members?.filter(
    ({ status, address }) => /^up$/i.test(status) && !cluster.data?.unreachable.includes(address),
  ).length;
  const counted = members?.filter(({ sessions }) => sessions !== null);
  const sessions =
    counted && counted.length > 0 ? counted.reduce((sum, member) => sum + (member.sessions ?? 0), 0) : null;
  return (
    <Stats label="Cluster in figures">
      <Stat
        name="Members up"
        loading={cluster.isPending}
        value={up ?? NONE}
        detail={members && `of ${members.length}`}
      />
      <Stat name="Sessions" loading={cluster.isPending} value={count(sessions)} />
      <Stat name="In flight" loading={inFlight.isPending} value={count(inFlight.data?.length)} />
      <Stat name="Cooling" loading={cooldowns.isPending} value={count(cooldowns.data?.length)} />
    </Stats>
  );
}

function RecentSessions() {
  const query = useQuery(sessionsQuery("", SHOWN_SESSIONS));
  return (
    <QueryPanel
      title="Sessions"
      query={query}
      rows={4}
      actions={
        <Button asChild size="xs" variant="link">
          <Link to="/sessions">See all</Link>
        </Button>
      }
    >
      {(sessions) => <SessionsTable sessions={sessions.slice(0, SHOWN_SESSIONS)} />}
    </QueryPanel>
  );
}

export function ClusterPage() {
  const cluster = useQuery(clusterQuery);
  return (
    <Page title="Cluster" about="Who is in the cluster, what lives where, and what it is doing now.">
      <Summary />
      <Members query={cluster} />
      <div className="grid gap-5 lg:grid-cols-3">
        <Shards query={cluster} />
        <Singletons query={cluster} />
      </div>
      <RecentSessions />
      <InFlightPanel />
      <CooldownsPanel />
    </Page>
  );
}
