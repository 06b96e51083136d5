import { succeeded } from "@/api/sessions";
import { Badge } from "@/components/ui/badge";
import { Tip } from "@/components/ui/tooltip";
import { outcomeWords } from "@/lib/words";

/** The colour of an ending; a client that goes away is nobody's failure and counts as none. */
export function outcomeTone(outcome: string | null, ok: boolean): "good" | "bad" | "neutral" {
  return ok ? "good" : outcome?.toLowerCase() === "cancelled" ? "neutral" : "bad";
}

/** How an attempt or a request ended, as a chip that explains itself. */
export function Outcome({ outcome, ok = succeeded(outcome) }: { outcome: string | null; ok?: boolean }) {
  const { name, about } = outcomeWords(outcome);
  return (
    <Tip text={about}>
      <Badge tone={outcomeTone(outcome, ok)}>{name}</Badge>
    </Tip>
  );
}
