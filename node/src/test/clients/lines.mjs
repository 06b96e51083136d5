// A reporter for node:test: one JSON object a line for each test, and nothing else.
export default async function* lines(events) {
  for await (const { type, data } of events) {
    if (type !== "test:pass" && type !== "test:fail") continue;
    if (data.details?.type === "suite") continue;
    const error = data.details?.error;
    const cause = error?.cause ?? error;
    yield `${JSON.stringify({
      name: data.name,
      ok: type === "test:pass" && !data.skip && !data.todo,
      error: cause ? String(cause.stack ?? cause) : null,
    })}\n`;
  }
}
