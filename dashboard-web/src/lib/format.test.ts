import { describe, expect, it } from "vitest";
import {
  ago,
  ahead,
  compact,
  count,
  counted,
  day,
  decimal,
  elapsed,
  millis,
  percent,
  shortAddress,
  shortKey,
  span,
  timeLeft,
} from "@/lib/format";

const now = Date.parse("2026-01-01T12:00:00Z");

describe("numbers", () => {
  it("shows a dash where nothing is known", () => {
    expect([count(null), compact(undefined), decimal(Number.NaN), percent(null), millis(null)]).toEqual([
      "–",
      "–",
      "–",
      "–",
      "–",
    ]);
  });
  it("separates thousands and shortens", () => {
    expect(count(1234567)).toBe("1,234,567");
    expect(compact(1_234_567)).toBe("1.2M");
    expect(decimal(1.5)).toBe("1.50");
  });
  it("counts one and several", () => {
    expect(counted(1, "node")).toBe("1 node");
    expect(counted(1200, "session")).toBe("1,200 sessions");
    expect(counted(0, "session")).toBe("0 sessions");
  });
  it("names a day", () => {
    expect(day("2026-01-05T12:00:00Z")).toBe("5 Jan 2026");
    expect(day(null)).toBe("–");
  });
  it("never rounds an imperfect share up to 100 %", () => {
    expect(percent(0.99999)).toBe("99.9%");
    expect(percent(1)).toBe("100.0%");
    expect(percent(0)).toBe("0.0%");
    expect(percent(0.5, 0)).toBe("50%");
  });
  it("chooses the unit of a duration", () => {
    expect([millis(0), millis(640), millis(1240), millis(12_340), millis(125_000)]).toEqual([
      "0 ms",
      "640 ms",
      "1.24 s",
      "12.3 s",
      "2 m 05 s",
    ]);
  });
});

describe("times", () => {
  it("shows two units", () => {
    expect([span(4000), span(65_000), span(3_600_000 * 3 + 60_000 * 4), span(86_400_000 * 2 + 3_600_000 * 4)]).toEqual([
      "4 s",
      "1 m 05 s",
      "3 h 04 m",
      "2 d 4 h",
    ]);
    expect(span(-5)).toBe("0 s");
  });
  it("counts a deadline down and rounds up", () => {
    expect(timeLeft("2026-01-01T12:00:15Z", now)).toBe("15 s");
    expect(timeLeft("2026-01-01T12:00:15Z", now + 1)).toBe("15 s");
    expect(timeLeft("2026-01-01T12:00:15Z", now + 1000)).toBe("14 s");
    expect(timeLeft("2026-01-01T12:00:00.001Z", now)).toBe("1 s");
    expect(timeLeft("2026-01-01T12:00:00Z", now)).toBe("over");
    expect(timeLeft("not a time", now)).toBe("–");
    expect(timeLeft(null, now)).toBe("–");
  });
  it("knows whether a deadline is ahead", () => {
    expect(ahead("2026-01-01T12:00:01Z", now)).toBe(true);
    expect(ahead("2026-01-01T12:00:00Z", now)).toBe(false);
    expect(ahead(undefined, now)).toBe(false);
  });
  it("looks back", () => {
    expect(ago("2026-01-01T11:59:51Z", now)).toBe("9 s ago");
    expect(ago("2026-01-01T12:00:00Z", now)).toBe("just now");
    expect(ago("2026-01-01T12:00:03Z", now)).toBe("just now");
    expect(elapsed("2026-01-01T10:00:00Z", now)).toBe("2 h 00 m");
  });
});

describe("names", () => {
  it("cuts addresses and keys", () => {
    expect(shortAddress("akka://switchboard@10.0.0.1:25520")).toBe("10.0.0.1:25520");
    expect(shortAddress("node-a:25520")).toBe("node-a:25520");
    expect(shortKey("short")).toBe("short");
    expect(shortKey("0123456789abcdef0123456789", 9)).toBe("0123…6789");
  });
});
