import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleCheckIcon } from "lucide-react";
import { errorKinds, errorsQuery, type Range } from "@/api/analytics";
import { QueryPanel } from "@/components/panel";
import { Empty } from "@/components/states";
import { Button } from "@/components/ui/button";
import { count } from "@/lib/format";
import { outcomeWords } from "@/lib/words";

/** The last errors counted by kind. */
export function ErrorKinds({ range }: { range: Range }) {
  const query = useQuery(errorsQuery(range));
  return (
    <QueryPanel
      title="Errors by kind"
      query={query}
      note={(rows) => (rows.length >= 100 ? "the last 100" : rows.length)}
      actions={
        <Button asChild size="xs" variant="link">
          <Link to="/requests">See each</Link>
        </Button>
      }
    >
      {(rows) => {
        const kinds = errorKinds(rows);
        const most = kinds[0]?.count ?? 1;
        return kinds.length === 0 ? (
          <Empty icon={CircleCheckIcon} title="No errors" text="Nothing has failed in this time." />
        ) : (
          <ul className="flex flex-col gap-2.5 p-4 text-[0.8125rem]">
            {kinds.map(({ kind, count: times }) => (
              <li key={kind} className="grid grid-cols-[minmax(0,11rem)_minmax(0,1fr)_3rem] items-center gap-3">
                <span className="truncate" title={outcomeWords(kind).about}>
                  {outcomeWords(kind).name}
                </span>
                <span
                  aria-hidden
                  className="h-1.5 rounded-full bg-bad/70"
                  style={{ width: `${(times / most) * 100}%` }}
                />
                <span className="num text-right">{count(times)}</span>
              </li>
            ))}
          </ul>
        );
      }}
    </QueryPanel>
  );
}
