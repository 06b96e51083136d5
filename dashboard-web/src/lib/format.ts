/** Shown wherever there is no value. */
export const NONE = "–";

type Maybe<T> = T | null | undefined;

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const compactNumber = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

function known(value: Maybe<number>): value is number {
  return value !== null && value !== undefined && Number.isFinite(value);
}

/** A whole number with thousands separators. */
export function count(value: Maybe<number>): string {
  return known(value) ? whole.format(value) : NONE;
}

/** How many of something: 1 node, 3 nodes. */
export function counted(value: Maybe<number>, one: string): string {
  return `${count(value)} ${value === 1 ? one : `${one}s`}`;
}

/** A short number: 950, 1.2K, 3.4M. */
export function compact(value: Maybe<number>): string {
  return known(value) ? compactNumber.format(value) : NONE;
}

/** A fixed number of decimals, so that columns line up. */
export function decimal(value: Maybe<number>, digits = 2): string {
  return known(value) ? value.toFixed(digits) : NONE;
}

/** A share from 0 to 1 as percent; never rounds an imperfect share up to 100 %. */
export function percent(share: Maybe<number>, digits = 1): string {
  if (!known(share)) return NONE;
  const scale = 10 ** digits;
  const exact = share * 100 * scale;
  const rounded = share < 1 ? Math.min(Math.round(exact), 100 * scale - 1) : Math.round(exact);
  return `${(rounded / scale).toFixed(digits)}%`;
}

/** A time span in milliseconds: 640 ms, 1.24 s, 2 m 05 s. */
export function millis(value: Maybe<number>): string {
  if (!known(value)) return NONE;
  if (value < 1000) return `${Math.round(value)} ms`;
  if (value < 60_000) return `${(value / 1000).toFixed(value < 10_000 ? 2 : 1)} s`;
  return span(value);
}

/** A span in its two largest units: 4 s, 1 m 05 s, 3 h 20 m, 2 d 4 h. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const pad = (n: number) => String(n).padStart(2, "0");
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} m ${pad(seconds % 60)} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${pad(minutes % 60)} m`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

function instant(iso: Maybe<string>): number | null {
  if (!iso) return null;
  const at = Date.parse(iso);
  return Number.isNaN(at) ? null : at;
}

/** Time until a deadline, rounded up to the second so that it reaches zero when it is over. */
export function timeLeft(until: Maybe<string>, now: number): string {
  const end = instant(until);
  if (end === null) return NONE;
  const left = end - now;
  return left <= 0 ? "over" : span(Math.ceil(left / 1000) * 1000);
}

/** Whether a deadline still lies ahead. */
export function ahead(until: Maybe<string>, now: number): boolean {
  const end = instant(until);
  return end !== null && end > now;
}

/** How long ago something happened. */
export function ago(iso: Maybe<string>, now: number): string {
  const at = instant(iso);
  if (at === null) return NONE;
  const past = now - at;
  return past < 1000 ? "just now" : `${span(past)} ago`;
}

/** How long something has lasted since its start. */
export function elapsed(iso: Maybe<string>, now: number): string {
  const at = instant(iso);
  return at === null ? NONE : span(now - at);
}

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const full = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });

/** Local time of day, 24 hours. */
export function timeOfDay(iso: Maybe<string>): string {
  const at = instant(iso);
  return at === null ? NONE : clock.format(at);
}

/** Local date and time. */
export function dateTime(iso: Maybe<string>): string {
  const at = instant(iso);
  return at === null ? NONE : full.format(at);
}

const wholeDay = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium" });

/** Local date. */
export function day(iso: Maybe<string>): string {
  const at = instant(iso);
  return at === null ? NONE : wholeDay.format(at);
}

const shortDay = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const hourMinute = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

/** Local day and time without year and seconds. */
export function dayTime(iso: Maybe<string>): string {
  const at = instant(iso);
  return at === null ? NONE : `${shortDay.format(at)}, ${hourMinute.format(at)}`;
}

/** A mark on a time axis: the time of day, or the day where a new one begins or steps are days. */
export function axisTime(ms: number, stepMs: number): string {
  const label = hourMinute.format(ms);
  return stepMs >= 86_400_000 || label === "00:00" ? shortDay.format(ms) : label;
}

/** The host and port of an actor system address such as `akka://name@127.0.0.1:25520`. */
export function shortAddress(address: string): string {
  const at = address.lastIndexOf("@");
  return at < 0 ? address : address.slice(at + 1);
}

/** An opaque key, cut in the middle so that both ends stay readable. */
export function shortKey(key: string, length = 16): string {
  if (key.length <= length) return key;
  const half = Math.floor((length - 1) / 2);
  return `${key.slice(0, half)}…${key.slice(-half)}`;
}
