import { succeeded } from "@/api/sessions";
import { Badge } from "@/components/ui/badge";
import { Tip } from "@/components/ui/tooltip";
import { outcomeWords } from "@/lib/words";

/** How an attempt or a request ended, as a chip that explains itself. */
export function Outcome({ outcome, ok = succeeded(outcome) }: { outcome: string | null; ok?: boolean }) {
  const { name, about } = outcomeWords(outcome);
  return (
    <Tip text={about}>
      <Badge tone={ok ? "good" : "bad"}>{name}</Badge>
    </Tip>
  );
}
