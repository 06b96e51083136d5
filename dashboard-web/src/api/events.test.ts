import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { batched, staleKeys } from "@/api/events";

describe("live events", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("know which queries they touch", () => {
    expect(staleKeys("member")).toContain("cluster");
    expect(staleKeys("cooldown")).toContain("cooldowns");
    expect(staleKeys("something new")).toEqual([]);
  });
  it("flush once for a burst, then again for the next", () => {
    const flushed: string[][] = [];
    const batch = batched((keys) => flushed.push([...keys].sort()), 500);
    for (let i = 0; i < 100; i++) batch.add(["cluster"]);
    batch.add(["sessions"]);
    expect(flushed).toEqual([]);
    vi.advanceTimersByTime(500);
    expect(flushed).toEqual([["cluster", "sessions"]]);
    vi.advanceTimersByTime(5000);
    expect(flushed).toHaveLength(1);
    batch.add(["keys"]);
    vi.advanceTimersByTime(500);
    expect(flushed[1]).toEqual(["keys"]);
  });
  it("flush nothing once stopped", () => {
    const flush = vi.fn();
    const batch = batched(flush, 500);
    batch.add(["cluster"]);
    batch.stop();
    vi.advanceTimersByTime(5000);
    expect(flush).not.toHaveBeenCalled();
  });
});
