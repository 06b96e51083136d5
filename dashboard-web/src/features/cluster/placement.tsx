import type { UseQueryResult } from "@tanstack/react-query";
import { CircleDotIcon, LayersIcon } from "lucide-react";
import { type Cluster, shardTable, UNPLACED } from "@/api/cluster";
import { QueryPanel } from "@/components/panel";
import { Empty } from "@/components/states";
import { Truncate } from "@/components/text";
import { Cell, Head, Row, Table, TableBody, TableHead } from "@/components/ui/table";
import { count, shortAddress } from "@/lib/format";

/** The nodes that a shard table needs columns for: the members first, then whoever else holds a shard. */
function columns(cluster: Cluster): string[] {
  const known = cluster.members.map(({ address }) => address);
  const others = cluster.shards.map(({ node }) => node ?? UNPLACED).filter((node) => !known.includes(node));
  return [...known, ...new Set(others)];
}

export function Shards({ query }: { query: UseQueryResult<Cluster> }) {
  return (
    <QueryPanel title="Shards" query={query} note={({ shards }) => shards.length} className="lg:col-span-2">
      {(cluster) => {
        if (cluster.shards.length === 0) {
          return (
            <Empty
              icon={LayersIcon}
              title="No shards yet"
              text="Shards start with the first session and the first request to a platform."
            />
          );
        }
        const nodes = columns(cluster);
        return (
          <Table label="Shards by type and node">
            <TableHead>
              <tr>
                <Head>Type</Head>
                {nodes.map((node) => (
                  <Head key={node} numeric title={node} className="font-mono">
                    {shortAddress(node)}
                  </Head>
                ))}
                <Head numeric>All</Head>
              </tr>
            </TableHead>
            <TableBody>
              {shardTable(cluster.shards).map(({ type, total, byNode }) => (
                <Row key={type}>
                  <Cell>
                    <Truncate text={type} />
                  </Cell>
                  {nodes.map((node) => (
                    <Cell key={node} numeric className={byNode.has(node) ? undefined : "text-muted-foreground"}>
                      {count(byNode.get(node) ?? 0)}
                    </Cell>
                  ))}
                  <Cell numeric className="font-medium">
                    {count(total)}
                  </Cell>
                </Row>
              ))}
            </TableBody>
          </Table>
        );
      }}
    </QueryPanel>
  );
}

export function Singletons({ query }: { query: UseQueryResult<Cluster> }) {
  return (
    <QueryPanel title="Singletons" query={query} note={({ singletons }) => singletons.length}>
      {({ singletons }) =>
        singletons.length === 0 ? (
          <Empty icon={CircleDotIcon} title="No singletons" />
        ) : (
          <Table label="Singletons">
            <TableHead>
              <tr>
                <Head>Name</Head>
                <Head>Node</Head>
              </tr>
            </TableHead>
            <TableBody>
              {singletons.map(({ name, node }) => (
                <Row key={name}>
                  <Cell>
                    <Truncate text={name} className="max-w-40" />
                  </Cell>
                  <Cell>
                    <Truncate mono text={node && shortAddress(node)} className="max-w-40" />
                  </Cell>
                </Row>
              ))}
            </TableBody>
          </Table>
        )
      }
    </QueryPanel>
  );
}
