import { Link } from "@tanstack/react-router";
import { LoaderCircleIcon } from "lucide-react";
import { type ComponentType, lazy, memo, Suspense } from "react";
import { Badge } from "@/components/ui/badge";
import type { Answer, Entry } from "@/features/playground/conversation";
import { count, counted, millis } from "@/lib/format";

function Plain({ text }: { text: string }) {
  return (
    <p dir="auto" className="break-words whitespace-pre-wrap">
      {text}
    </p>
  );
}

/** Rich text, or the plain text where the code for it cannot be fetched. */
const Markdown = lazy((): Promise<{ default: ComponentType<{ text: string }> }> =>
  import("@/features/playground/markdown").then(
    (module) => ({ default: module.Markdown }),
    () => ({ default: Plain }),
  ),
);

/** How the answer came about: route, attempts, session, timing, tokens, and the way to its trace. */
function Facts({ answer }: { answer: Answer }) {
  const { facts, firstMs, totalMs, input, output } = answer;
  return (
    <div className="num mt-2.5 flex min-h-5 flex-wrap items-center gap-x-3 gap-y-1 text-xs text-muted-foreground">
      {facts.routedVia && (
        <span
          dir="auto"
          title={`Routed via ${facts.routedVia}`}
          className="max-w-72 truncate font-medium text-foreground normal-nums"
        >
          {facts.routedVia}
        </span>
      )}
      {!!facts.attempts && <Badge tone="warn">{counted(facts.attempts, "failed attempt")} before</Badge>}
      {facts.sessionStatus && <span title="Session status">session {facts.sessionStatus}</span>}
      {firstMs !== null && <span title="Time to the first token">TTFT {millis(firstMs)}</span>}
      {totalMs !== null && <span title="Until the answer was whole">latency {millis(totalMs)}</span>}
      {output !== null && (
        <span title="Tokens in and out">
          {count(input)} in · {count(output)} out
        </span>
      )}
      {answer.finish && answer.finish !== "stop" && <Badge>{answer.finish}</Badge>}
      {answer.state === "stopped" && <Badge>stopped</Badge>}
      {facts.sessionKey && answer.state !== "waiting" && answer.state !== "streaming" && (
        <Link
          to="/sessions/$key"
          params={{ key: facts.sessionKey }}
          className="text-primary underline-offset-4 hover:underline"
        >
          Trace
        </Link>
      )}
    </div>
  );
}

function AnswerEntry({ answer }: { answer: Answer }) {
  return (
    <article
      aria-label="Answer"
      aria-busy={answer.state === "waiting" || answer.state === "streaming"}
      className="min-w-0"
    >
      {answer.reasoning && (
        <details className="mb-2.5 text-[0.8125rem] text-muted-foreground">
          <summary className="w-fit cursor-pointer select-none">Reasoning</summary>
          <div className="mt-1.5 border-s-2 ps-3">
            <Plain text={answer.reasoning} />
          </div>
        </details>
      )}
      {answer.state === "waiting" ? (
        <p className="flex items-center gap-2 text-muted-foreground">
          <LoaderCircleIcon aria-hidden className="size-4 animate-spin" /> Waiting for the first token…
        </p>
      ) : (
        <Suspense fallback={<Plain text={answer.content} />}>
          <Markdown text={answer.content} />
        </Suspense>
      )}
      {answer.error && (
        <p
          role="alert"
          dir="auto"
          className="mt-2 rounded-md bg-bad-soft px-3 py-2 text-[0.8125rem] break-words text-bad"
        >
          {answer.error}
        </p>
      )}
      <Facts answer={answer} />
    </article>
  );
}

/** One message of the conversation. */
export const EntryView = memo(function EntryView({ entry }: { entry: Entry }) {
  if (entry.role === "assistant") return <AnswerEntry answer={entry} />;
  return (
    <article aria-label="Question" className="ms-auto max-w-[85%] rounded-xl bg-accent px-3.5 py-2">
      <Plain text={entry.content} />
    </article>
  );
});
