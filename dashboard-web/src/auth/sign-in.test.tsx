import { act, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { App } from "@/app/app";
import { currentKey, sessionRefused, signIn, signOut } from "@/auth/auth";
import { fakeNode, type Handler, refused } from "@/test/fake-node";
import { cluster } from "@/test/samples";

const guarded: Handler = ({ headers }) =>
  headers.get("authorization") === "Bearer sb-admin-right" ? { body: cluster } : refused(401, "Wrong admin key.");

const empty = { body: [] };
const node = {
  "GET /api/cluster": guarded,
  "GET /api/sessions": empty,
  "GET /api/in-flight": empty,
  "GET /api/cooldowns": empty,
};

describe("sign-in", () => {
  beforeEach(signOut);

  it("refuses a wrong key and keeps nothing", async () => {
    fakeNode(node);
    render(<App />);
    await userEvent.type(screen.getByLabelText("Admin key"), "nonsense");
    await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
    expect(await screen.findByText("That admin key is not right.")).toBeInTheDocument();
    expect(currentKey()).toBeNull();
  });

  it("lets the right key in, by keyboard alone", async () => {
    fakeNode(node);
    render(<App />);
    expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent("Sign in");
    await userEvent.type(screen.getByLabelText("Admin key"), "  sb-admin-right {Enter}");
    expect(await screen.findByRole("navigation", { name: "Pages" })).toBeInTheDocument();
    expect(currentKey()).toBe("sb-admin-right");
  });

  it("says that the node is away", async () => {
    fakeNode({ "GET /api/cluster": new TypeError("failed") });
    render(<App />);
    await userEvent.type(screen.getByLabelText("Admin key"), "sb-admin-right{Enter}");
    expect(await screen.findByText(/cannot be reached/)).toBeInTheDocument();
  });

  it("comes back when the node no longer takes the key", async () => {
    fakeNode(node);
    signIn("sb-admin-right");
    render(<App />);
    await screen.findByRole("navigation", { name: "Pages" });
    act(() => sessionRefused("sb-admin-right"));
    expect(await screen.findByText(/session has ended/)).toBeInTheDocument();
  });

  it("signs out", async () => {
    fakeNode(node);
    signIn("sb-admin-right");
    render(<App />);
    await userEvent.click((await screen.findAllByRole("button", { name: "Sign out" }))[0]!);
    await waitFor(() => expect(screen.getByLabelText("Admin key")).toBeInTheDocument());
    expect(sessionStorage.length).toBe(0);
  });
});
