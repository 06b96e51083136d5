type Words = { name: string; about: string };

/** Failure kinds of behaviour.md §4, in words. */
const failures: Record<string, Words> = {
  rate_limited: { name: "Rate limited", about: "The provider asked to wait; its key rests." },
  auth: { name: "Key refused", about: "The provider did not accept the key." },
  client_fault: { name: "Refused", about: "The provider found the request itself at fault." },
  too_large: { name: "Too large", about: "The prompt does not fit the model's window." },
  model_unavailable: { name: "Model unavailable", about: "The provider does not offer this model now." },
  server_error: { name: "Server error", about: "The provider failed." },
  unreachable: { name: "Unreachable", about: "No connection to the provider." },
  timeout: { name: "Timed out", about: "The provider did not begin to answer in time." },
  stalled: { name: "Stalled", about: "The stream went silent." },
  empty: { name: "Empty answer", about: "The answer held no text and no tool call." },
  malformed: { name: "Malformed", about: "The answer did not have the promised shape." },
  broken: { name: "Broken off", about: "The stream ended before its end." },
  not_json: { name: "Not JSON", about: "The answer was not the JSON that response_format asked for." },
  cancelled: { name: "Cancelled", about: "The client went away." },
  success: { name: "Success", about: "Answered." },
};

/** Answers of the gateway itself, where no provider's failure was the reason (contract.md §3). */
const statuses: Record<string, Words> = {
  "status 400": { name: "Invalid request", about: "The request itself was at fault: 400." },
  "status 401": { name: "Not authorized", about: "The API key was missing or is not known: 401." },
  "status 403": { name: "Not allowed", about: "The API key may not do this: 403." },
  "status 404": { name: "Unknown model", about: "There is no such model, or it is switched off: 404." },
  "status 413": { name: "Too large", about: "The request was larger than this node takes: 413." },
  "status 429": { name: "Rate limited", about: "A limit of the gateway or of every key was reached: 429." },
  "status 502": { name: "Provider error", about: "Every attempt failed: 502." },
  "status 503": { name: "Overloaded", about: "No model could take the request: 503." },
  "status 504": { name: "Timed out", about: "No answer began in time: 504." },
};

/** Why a model is left out of a request's candidates, or of routing altogether (behaviour.md §2). */
const skips: Record<string, Words> = {
  "unknown-model": { name: "Unknown", about: "There is no such model" },
  disabled: { name: "Off", about: "Switched off" },
  "platform-disabled": { name: "Platform off", about: "Its platform is switched off" },
  "no-key": { name: "No key", about: "Its platform has no usable key" },
  "last-resort": { name: "Last resort", about: "Answers only while there is no provider key" },
  "other-kind": { name: "Other kind", about: "It makes embeddings and a chat was asked for, or the other way round" },
  "no-tools": { name: "No tools", about: "It cannot call tools" },
  "no-vision": { name: "No images", about: "It cannot read images" },
  "context-window": { name: "Too small", about: "The prompt does not fit its window" },
  banned: { name: "Banned", about: "The session keeps away from its platform" },
  cooling: { name: "Cooling", about: "It rests after a failure" },
  "keys-cooling": { name: "Keys cooling", about: "Every key of its platform is cooling" },
  "not-allowed": { name: "Not allowed", about: "The caller's API key may not use it" },
  "keys-refused": { name: "Keys refused", about: "Every key of its platform was refused" },
};

/** A word of the API as people write it: `server_error` becomes `Server error`. */
export function inWords(word: string): string {
  const spaced = word.replaceAll(/[_-]+/g, " ").trim();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

/** An attempt's or request's outcome in words; an unheard-of one is only made readable. */
export function outcomeWords(outcome: string | null): Words {
  if (outcome === null) return { name: "No attempt", about: "No provider was asked." };
  const word = outcome.toLowerCase();
  return failures[word] ?? statuses[word] ?? { name: inWords(outcome), about: outcome };
}

/** Why a model was left out, in words. */
export function skipWords(reason: string): Words {
  return skips[reason] ?? { name: inWords(reason), about: reason };
}
