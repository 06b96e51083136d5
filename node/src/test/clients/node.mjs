// The running node that the suites talk to, and what several of them need.
const required = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
};

export const url = required("SWITCHBOARD_URL");
export const key = required("SWITCHBOARD_API_KEY");

/** A tool as JSON schema; the simulator makes its arguments from it. */
export const weather = {
  name: "get_weather",
  description: "The weather of a city",
  schema: {
    type: "object",
    properties: { city: { type: "string" } },
    required: ["city"],
    additionalProperties: false,
  },
};

/** Everything an async iterable gives. */
export async function all(iterable) {
  const items = [];
  for await (const item of iterable) items.push(item);
  return items;
}
