// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from "vitest";
import { authHeaders, currentKey, sessionRefused, signIn, signOut, subscribeAuth } from "@/auth/auth";

describe("auth", () => {
  beforeEach(signOut);

  it("keeps the key for the tab and sends it as a bearer", () => {
    signIn("sb-admin-1");
    expect(sessionStorage.getItem("switchboard.admin-key")).toBe("sb-admin-1");
    expect(authHeaders()).toEqual({ authorization: "Bearer sb-admin-1" });
  });
  it("forgets it on sign-out", () => {
    signIn("sb-admin-1");
    signOut();
    expect(currentKey()).toBeNull();
    expect(sessionStorage.length).toBe(0);
    expect(authHeaders()).toEqual({});
  });
  it("ends the session only for the key that was refused", () => {
    signIn("new");
    sessionRefused("old");
    expect(currentKey()).toBe("new");
    sessionRefused("new");
    expect(currentKey()).toBeNull();
  });
  it("tells its listeners", () => {
    let heard = 0;
    const stop = subscribeAuth(() => heard++);
    signIn("a");
    stop();
    signOut();
    expect(heard).toBe(1);
  });
});
