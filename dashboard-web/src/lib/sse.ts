export type SseEvent = { type: string; data: string };

/**
 * Reads a text/event-stream piece by piece: LF, CRLF and CR line ends, multi-line data, comments,
 * events split anywhere.
 */
export class SseParser {
  private rest = "";
  private afterCr = false;
  private type = "";
  private data: string[] = [];

  constructor(private readonly onComment: (text: string) => void = () => {}) {}

  /** Takes the next piece of text and returns the events it completes. */
  push(chunk: string): SseEvent[] {
    const events: SseEvent[] = [];
    let start = 0;
    for (let i = 0; i < chunk.length; i++) {
      const char = chunk[i];
      if (char === "\n" && this.afterCr && i === start && this.rest === "") {
        this.afterCr = false;
        start = i + 1;
        continue;
      }
      this.afterCr = false;
      if (char !== "\n" && char !== "\r") continue;
      this.line(this.rest + chunk.slice(start, i), events);
      this.rest = "";
      start = i + 1;
      this.afterCr = char === "\r";
    }
    this.rest += chunk.slice(start);
    return events;
  }

  /** Ends the stream; an event whose blank line never came is still returned. */
  end(): SseEvent[] {
    const events: SseEvent[] = [];
    if (this.rest !== "") this.line(this.rest, events);
    this.rest = "";
    this.line("", events);
    return events;
  }

  private line(line: string, events: SseEvent[]): void {
    if (line === "") {
      if (this.data.length > 0) events.push({ type: this.type || "message", data: this.data.join("\n") });
      this.type = "";
      this.data = [];
      return;
    }
    if (line.startsWith(":")) {
      this.onComment(line.slice(1).trimStart());
      return;
    }
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const raw = colon < 0 ? "" : line.slice(colon + 1);
    const value = raw.startsWith(" ") ? raw.slice(1) : raw;
    if (field === "data") this.data.push(value);
    else if (field === "event") this.type = value;
  }
}

/** Reads a response body as events until it ends or the reader stops. */
export async function* readSse(
  body: ReadableStream<Uint8Array>,
  onComment?: (text: string) => void,
): AsyncGenerator<SseEvent, void, void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const parser = new SseParser(onComment);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      yield* parser.push(decoder.decode(value, { stream: true }));
    }
    yield* parser.push(decoder.decode());
    yield* parser.end();
  } finally {
    await reader.cancel().catch(() => {});
  }
}
