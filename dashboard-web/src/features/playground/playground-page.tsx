import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import {
  ArrowDownIcon,
  MessagesSquareIcon,
  SendIcon,
  SlidersHorizontalIcon,
  SquareIcon,
  SquarePenIcon,
} from "lucide-react";
import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";
import { apiKeyQuery } from "@/api/settings";
import { Field } from "@/components/field";
import { Page } from "@/components/page";
import { Empty, explain } from "@/components/states";
import { Button } from "@/components/ui/button";
import { Collapsible, CollapsibleContent, CollapsibleTrigger } from "@/components/ui/collapsible";
import { Input, Label, Textarea } from "@/components/ui/input";
import { ask, restart, setSessionId, stop, useConversation } from "@/features/playground/conversation";
import { EntryView } from "@/features/playground/entries";
import { ModelPicker } from "@/features/playground/model-picker";
import { cn } from "@/lib/cn";

const route = getRouteApi("/playground");

/** A parameter field's number, or undefined when it is empty or no number. */
export function parameter(text: string): number | undefined {
  const trimmed = text.trim();
  const number = Number(trimmed);
  return trimmed === "" || !Number.isFinite(number) ? undefined : number;
}

const NEAR_END = 80;

function toEndOfPage(): void {
  window.scrollTo(0, document.documentElement.scrollHeight);
}

/** Opens at the end of the conversation and follows it while an answer grows, unless the reader has scrolled up. */
function useFollow(entries: readonly unknown[]) {
  const log = useRef<HTMLDivElement>(null);
  const [following, setFollowing] = useState(true);
  const latest = useRef(following);
  // An empty conversation has no end to go to.
  latest.current = following && entries.length > 0;
  useEffect(() => {
    let last = window.scrollY;
    const look = () => {
      const left = document.documentElement.scrollHeight - window.scrollY - window.innerHeight;
      const up = window.scrollY < last;
      last = window.scrollY;
      // The first pixel upwards counts: a slow scroll must not be pulled back.
      setFollowing(left <= 1 || (left < NEAR_END && !up));
    };
    // Not before the router has had its say: it brings every page to its top once it shows.
    let listening = 0;
    const opening = requestAnimationFrame(() => {
      listening = requestAnimationFrame(() => {
        if (latest.current) toEndOfPage();
        window.addEventListener("scroll", look, { passive: true });
      });
    });
    // Rich text and pictures of code grow after their entry has been drawn.
    const grown = new ResizeObserver(() => latest.current && toEndOfPage());
    if (log.current) grown.observe(log.current);
    return () => {
      cancelAnimationFrame(opening);
      cancelAnimationFrame(listening);
      window.removeEventListener("scroll", look);
      grown.disconnect();
    };
  }, []);
  useEffect(() => {
    if (following && entries.length > 0) toEndOfPage();
  }, [entries, following]);
  return { log, following, toEnd: () => setFollowing(true) };
}

type PlaygroundSearch = ReturnType<typeof route.useSearch>;
let kept: PlaygroundSearch = {};

/** What is asked and how is part of the address, and is still there after a look at another page. */
function useOptions() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const change = (part: Partial<PlaygroundSearch>) =>
    void navigate({ search: (old) => ({ ...old, ...part }), replace: true, resetScroll: false });
  useEffect(() => {
    if (Object.keys(search).length === 0 && Object.keys(kept).length > 0) change(kept);
    if (search.session) setSessionId(search.session);
    // Only when the page opens: from then on the address is what counts.
  }, []);
  useEffect(() => {
    if (Object.keys(search).length > 0) kept = search;
  }, [search]);
  const put = (name: keyof PlaygroundSearch) => (text: string) => {
    kept = { ...search, [name]: text || undefined };
    change({ [name]: text || undefined });
  };
  return { ...search, put };
}

/** A streaming chat through the gateway, the way a program would have it. */
export function PlaygroundPage() {
  const { model = "auto", system = "", temperature = "", maxTokens = "", put } = useOptions();
  const { entries, busy, sessionId } = useConversation();
  const [text, setText] = useState("");
  const [ownKey, setOwnKey] = useState("");
  const [options, setOptions] = useState(() => window.innerWidth >= 1024);
  const apiKey = useQuery(apiKeyQuery);
  const key = apiKey.data?.apiKey ?? ownKey.trim();
  const field = useRef<HTMLTextAreaElement>(null);
  const { log, following, toEnd } = useFollow(entries);

  const send = () => {
    const message = text.trim();
    if (message === "" || busy || key === "") return;
    setText("");
    toEnd();
    field.current?.focus();
    void ask({
      text: message,
      system,
      apiKey: key,
      model,
      temperature: parameter(temperature),
      maxTokens: parameter(maxTokens),
    });
  };
  const begin = () => {
    restart();
    put("session")("");
    field.current?.focus();
  };
  const halt = () => {
    stop();
    field.current?.focus();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault();
      send();
    }
  };

  return (
    <Page
      title="Playground"
      about="Chat through the gateway and see how each answer was routed."
      actions={
        <Button size="sm" onClick={begin} disabled={entries.length === 0}>
          <SquarePenIcon aria-hidden /> New conversation
        </Button>
      }
    >
      <div className="flex flex-col gap-5 lg:grid lg:grid-cols-[minmax(0,1fr)_17rem] lg:items-start">
        <Collapsible
          open={options}
          onOpenChange={setOptions}
          className="min-w-0 rounded-lg border bg-surface lg:sticky lg:top-6 lg:order-2"
        >
          <CollapsibleTrigger className="flex h-11 w-full items-center gap-2 px-4 text-sm font-semibold">
            <SlidersHorizontalIcon aria-hidden className="size-4 text-muted-foreground" /> Options
            {!options && (
              <span className="ms-auto max-w-40 truncate text-xs font-normal text-muted-foreground">{model}</span>
            )}
          </CollapsibleTrigger>
          <CollapsibleContent className="flex flex-col gap-4 border-t p-4">
            <Field label="Model">
              <ModelPicker apiKey={key} value={model} onChange={(next) => put("model")(next === "auto" ? "" : next)} />
            </Field>
            <Field label="System prompt">
              <Textarea rows={3} value={system} onChange={(event) => put("system")(event.target.value)} />
            </Field>
            <div className="grid grid-cols-2 gap-3">
              <Field label="Temperature">
                <Input
                  inputMode="decimal"
                  placeholder="default"
                  value={temperature}
                  onChange={(event) => put("temperature")(event.target.value)}
                />
              </Field>
              <Field label="Max tokens">
                <Input
                  inputMode="numeric"
                  placeholder="default"
                  value={maxTokens}
                  onChange={(event) => put("maxTokens")(event.target.value)}
                />
              </Field>
            </div>
            <Field label="Session id" hint="The same id stays on the same model.">
              <Input
                className="font-mono text-xs"
                spellCheck={false}
                value={sessionId}
                onChange={(event) => {
                  setSessionId(event.target.value);
                  put("session")(event.target.value);
                }}
              />
            </Field>
            {apiKey.isError && (
              <Field
                label="API key"
                hint={`The node did not hand out its key: ${explain(apiKey.error)} It is printed at start.`}
              >
                <Input
                  type="password"
                  dir="ltr"
                  autoComplete="off"
                  value={ownKey}
                  onChange={(event) => setOwnKey(event.target.value)}
                />
              </Field>
            )}
          </CollapsibleContent>
        </Collapsible>

        <div className="flex min-h-[calc(100dvh-18.25rem)] min-w-0 flex-col sm:min-h-[calc(100dvh-15.5rem)] lg:min-h-[calc(100dvh-7.25rem)]">
          <div
            ref={log}
            role="log"
            aria-label="Conversation"
            className={cn("flex flex-1 flex-col gap-5 pb-5", entries.length === 0 && "justify-center")}
          >
            {entries.length === 0 ? (
              <Empty
                icon={MessagesSquareIcon}
                title="Start a conversation"
                text="Every message of one conversation goes to the same model, as long as it answers."
              />
            ) : (
              entries.map((entry) => <EntryView key={entry.id} entry={entry} />)
            )}
          </div>
          <div className="sticky bottom-0 bg-background pb-5">
            {!following && entries.length > 0 && (
              <Button
                size="icon-sm"
                aria-label="To the newest"
                className="absolute -top-10 left-1/2 -translate-x-1/2 rounded-full shadow"
                onClick={toEnd}
              >
                <ArrowDownIcon aria-hidden />
              </Button>
            )}
            <form
              onSubmit={submit}
              className="rounded-xl border border-input bg-surface p-2 has-[textarea:focus-visible]:outline-2 has-[textarea:focus-visible]:outline-offset-1 has-[textarea:focus-visible]:outline-ring"
            >
              <Label htmlFor="message" className="sr-only">
                Message
              </Label>
              <Textarea
                id="message"
                ref={field}
                rows={2}
                placeholder="Ask something"
                value={text}
                onChange={(event) => setText(event.target.value)}
                onKeyDown={onKeyDown}
                className="field-sizing-content max-h-60 resize-none border-0 bg-transparent px-2 py-1 outline-none"
              />
              <div className="flex items-center justify-end gap-2">
                <p className="mr-auto hidden px-2 text-xs text-muted-foreground sm:block">
                  Enter sends, Shift and Enter begins a new line
                </p>
                {busy && (
                  <Button size="sm" onClick={halt}>
                    <SquareIcon aria-hidden /> Stop
                  </Button>
                )}
                <Button type="submit" size="sm" variant="primary" disabled={busy || text.trim() === "" || key === ""}>
                  <SendIcon aria-hidden /> Send
                </Button>
              </div>
            </form>
          </div>
        </div>
      </div>
    </Page>
  );
}
