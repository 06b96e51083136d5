import { expect, it } from "vitest";
import { statsOf } from "@/api/stats";

it("reads a stats event, and nothing else", () => {
  const data = '{"at":"2026-01-01T00:00:00Z","nodes":3,"requestsPerSecond":2.5,"inFlight":4,"streamsOpen":1}';
  expect(statsOf(data)).toEqual({ requestsPerSecond: 2.5, inFlight: 4, streamsOpen: 1 });
  expect(statsOf('{"requestsPerSecond":"many"}')).toBeNull();
  expect(statsOf("{")).toBeNull();
});
