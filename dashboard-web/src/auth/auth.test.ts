// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from "vitest";
import { currentRound, sessionRefused, signedIn, signedOut, subscribeAuth } from "@/auth/auth";

function heardOf(act: () => void): number {
  let heard = 0;
  const stop = subscribeAuth(() => heard++);
  act();
  stop();
  return heard;
}

describe("auth", () => {
  beforeEach(signedOut);

  it("keeps nothing in the browser's storage", () => {
    signedIn();
    expect(sessionStorage.length + localStorage.length).toBe(0);
  });
  it("ends only the sign-in that was refused", () => {
    const earlier = currentRound();
    signedIn();
    expect(heardOf(() => sessionRefused(earlier))).toBe(0);
    expect(heardOf(() => sessionRefused(currentRound()))).toBe(1);
    expect(heardOf(() => sessionRefused(currentRound()))).toBe(0);
  });
  it("tells its listeners until they stop", () => {
    expect(heardOf(signedIn)).toBe(1);
    expect(heardOf(signedOut)).toBe(1);
  });
});
