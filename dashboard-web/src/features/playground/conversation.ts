import { useSyncExternalStore } from "react";
import {
  type ChatEvent,
  type ChatRequest,
  type ChatTurn,
  type RouteFacts,
  streamChat,
} from "@/features/playground/chat";

export type AnswerState = "waiting" | "streaming" | "done" | "stopped" | "failed";

export type Answer = {
  role: "assistant";
  id: number;
  state: AnswerState;
  content: string;
  reasoning: string;
  facts: Partial<RouteFacts>;
  error: string | null;
  finish: string | null;
  input: number | null;
  output: number | null;
  /** Milliseconds from sending to the first text or reasoning, and to the end. */
  firstMs: number | null;
  totalMs: number | null;
};
export type Question = { role: "user"; id: number; content: string };
export type Entry = Question | Answer;

const blank = (id: number): Answer => ({
  role: "assistant",
  id,
  state: "waiting",
  content: "",
  reasoning: "",
  facts: {},
  error: null,
  finish: null,
  input: null,
  output: null,
  firstMs: null,
  totalMs: null,
});

/** The answer after one more event, `ms` after its question was sent. */
export function grow(answer: Answer, event: ChatEvent, ms: number): Answer {
  switch (event.kind) {
    case "route":
      return { ...answer, facts: { ...answer.facts, ...event.facts } };
    case "text":
      return { ...answer, state: "streaming", content: answer.content + event.text, firstMs: answer.firstMs ?? ms };
    case "reasoning":
      return { ...answer, state: "streaming", reasoning: answer.reasoning + event.text, firstMs: answer.firstMs ?? ms };
    case "usage":
      return { ...answer, input: event.input, output: event.output };
    case "finish":
      return { ...answer, finish: event.reason };
    case "error":
      return { ...answer, state: "failed", error: event.message };
  }
}

/** The turns to send: failed and empty answers are left out together with nothing else. */
export function turns(system: string, entries: readonly Entry[]): ChatTurn[] {
  const said = entries
    .filter((entry) => entry.role === "user" || entry.content !== "")
    .map(({ role, content }): ChatTurn => ({ role, content }));
  return system.trim() === "" ? said : [{ role: "system", content: system }, ...said];
}

/** A name for a new conversation, random enough not to meet another. */
export function newSessionId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(6));
  return `playground-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

type State = { entries: readonly Entry[]; busy: boolean; sessionId: string };

let state: State = { entries: [], busy: false, sessionId: newSessionId() };
let running: AbortController | null = null;
let nextId = 1;
const listeners = new Set<() => void>();

function change(next: Partial<State>): void {
  state = { ...state, ...next };
  for (const each of listeners) each();
}

/** The conversation outlives the page, so that looking at a trace does not lose it. */
export function useConversation(): State {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );
}

export function setSessionId(sessionId: string): void {
  change({ sessionId });
}

export function stop(): void {
  running?.abort();
}

export function restart(): void {
  stop();
  running = null;
  change({ entries: [], busy: false, sessionId: newSessionId() });
}

export type Ask = { text: string; system: string; apiKey: string } & Omit<ChatRequest, "messages">;

/** A long answer is drawn at most this often, in milliseconds: its text is read as a whole each time. */
const LONG_GAP = 60;
const LONG = 2000;

/** Sends a message and follows its answer to the end. */
export async function ask({ text, system, apiKey, ...request }: Ask): Promise<void> {
  if (state.busy) return;
  const control = new AbortController();
  running = control;
  const question: Question = { role: "user", id: nextId++, content: text };
  let answer = blank(nextId++);
  const before = [...state.entries, question];
  const messages = turns(system, before);
  const started = performance.now();
  const ms = () => performance.now() - started;
  let frame: number | null = null;
  let drawn = -LONG_GAP;
  const show = () => {
    if (answer.content.length > LONG && ms() - drawn < LONG_GAP) {
      frame = requestAnimationFrame(show);
      return;
    }
    frame = null;
    drawn = ms();
    if (running === control) change({ entries: [...before, answer] });
  };
  change({ entries: [...before, answer], busy: true });
  try {
    for await (const event of streamChat(
      { ...request, messages },
      { apiKey, sessionId: state.sessionId, signal: control.signal },
    )) {
      answer = grow(answer, event, ms());
      frame ??= requestAnimationFrame(show);
    }
    answer = { ...answer, state: answer.state === "failed" ? "failed" : "done" };
  } catch (error) {
    answer = control.signal.aborted
      ? { ...answer, state: "stopped" }
      : { ...answer, state: "failed", error: error instanceof Error ? error.message : "The request failed." };
  }
  answer = { ...answer, totalMs: ms() };
  if (frame !== null) cancelAnimationFrame(frame);
  if (running !== control) return;
  running = null;
  change({ entries: [...before, answer], busy: false });
}
