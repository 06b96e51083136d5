// What happens around the dashboard while someone looks at it: programs that ask, providers that fail.

/** The node and the simulator of this run, as a program sees them; the API key is read anew each time. */
export function surroundings(world) {
  const { url, adminKey, simulator } = world;
  const send = async (address, { method = "GET", key, body, headers = {}, signal } = {}) => {
    const response = await fetch(address, {
      method,
      signal,
      headers: { ...(key ? { authorization: `Bearer ${key}` } : {}), "content-type": "application/json", ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    if (response.status >= 500 && address.startsWith(simulator)) throw new Error(`${address}: ${text}`);
    return { status: response.status, text, via: response.headers.get("x-routed-via") };
  };
  const admin = async (path, options = {}) => {
    const { status, text } = await send(`${url}${path}`, { key: adminKey, ...options });
    if (status >= 400) throw new Error(`${path} answered ${status}: ${text}`);
    return text === "" ? null : JSON.parse(text);
  };
  return {
    admin,
    /** Orders what the providers do from now on; nothing more than that. */
    order: (rules) => send(`${simulator}/_control/faults`, { method: "PUT", body: rules }),
    /** One request of a program; answers its status and who answered it. */
    ask: (content, { session, model = "auto", stream = true, signal, key = world.apiKey } = {}) =>
      send(`${url}/v1/chat/completions`, {
        method: "POST",
        key,
        signal,
        headers: session ? { "x-session-id": session } : {},
        body: { model, stream, messages: [{ role: "user", content }] },
      }),
  };
}

/** Asks `check` until it holds. */
export async function until(what, check, limitMs = 30_000) {
  const end = Date.now() + limitMs;
  while (!(await check())) {
    if (Date.now() > end) throw new Error(`not within ${limitMs / 1000} s: ${what}`);
    await new Promise((done) => setTimeout(done, 60));
  }
}
