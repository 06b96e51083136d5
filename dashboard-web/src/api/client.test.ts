// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from "vitest";
import { z } from "@/api/base";
import { ApiError, call, path } from "@/api/client";
import { signedIn, subscribeAuth } from "@/auth/auth";
import { fakeNode, refused } from "@/test/fake-node";

const shape = z.object({ status: z.string() });
const failure = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ApiError);
  return error as ApiError;
};

describe("call", () => {
  beforeEach(signedIn);

  it("says where it comes from, sends no key and checks the shape", async () => {
    const node = fakeNode({ "GET /api/ping": { body: { status: "ok" } } });
    expect(await call("/api/ping", shape)).toEqual({ status: "ok" });
    expect(node.seen[0]?.headers.get("x-requested-with")).toBe("switchboard-dashboard");
    expect(node.seen[0]?.headers.has("authorization")).toBe(false);
  });
  it("names the place where the shape differs", async () => {
    fakeNode({ "GET /api/ping": { body: { status: 7 } } });
    expect((await failure(call("/api/ping", shape))).message).toContain("at status");
  });
  it("carries the fields of the error object", async () => {
    fakeNode({
      "GET /api/x": {
        status: 400,
        body: { error: { message: "Bad limit", type: "invalid_request_error", code: "bad", param: "limit" } },
      },
    });
    expect(await failure(call("/api/x", shape))).toMatchObject({
      status: 400,
      message: "Bad limit",
      code: "bad",
      param: "limit",
    });
  });
  it("survives an error page that is not JSON", async () => {
    fakeNode({ "GET /api/x": () => new Response("<html>", { status: 502 }) });
    expect(await failure(call("/api/x", shape))).toMatchObject({
      status: 502,
      message: expect.stringContaining("502"),
    });
  });
  it("says that a node is out of reach", async () => {
    fakeNode({ "GET /api/x": new TypeError("failed to fetch") });
    expect((await failure(call("/api/x", shape))).status).toBe(0);
  });
  it("ends the session on 401, but not while a key is being tried", async () => {
    fakeNode({ "GET /api/x": refused(401, "Wrong key") });
    let ended = 0;
    const stop = subscribeAuth(() => ended++);
    await failure(call("/api/x", shape, { signingIn: true }));
    expect(ended).toBe(0);
    await failure(call("/api/x", shape));
    expect(ended).toBe(1);
    stop();
  });
});

describe("path", () => {
  it("escapes segments and leaves out empty parameters", () => {
    expect(path(["models", "openrouter", "minimax/m2:free"])).toBe("/api/models/openrouter/minimax%2Fm2%3Afree");
    expect(path(["sessions"], { query: "", limit: 10 })).toBe("/api/sessions?limit=10");
    expect(path(["sessions"], { query: "a&b" })).toBe("/api/sessions?query=a%26b");
  });
});
