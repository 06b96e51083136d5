import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { signedIn } from "@/auth/auth";
import { fakeNode, type Handler, refused } from "@/test/fake-node";
import { renderAt } from "@/test/render";

const group = { platform: "alpha", model: "a-large", requests: 7 };
const full = () => ({
  "GET /api/analytics/summary": { body: { requests: 7, successRate: 1, latencyP95Ms: 5 } },
  "GET /api/analytics/timeline": { body: [] },
  "GET /api/analytics/by-model": { body: [group] },
  "GET /api/analytics/by-platform": { body: [group] },
  "GET /api/analytics/errors": { body: [] },
});
const away = () => refused(503, "The request log cannot be read; is the database away?");
const panel = (name: string) => screen.findByRole("region", { name });

describe("Analytics page while the database is away", () => {
  beforeEach(signedIn);

  it("keeps what it has shown, with a notice", async () => {
    const node = fakeNode(full());
    const { client } = renderAt("/analytics");
    expect(await within(await panel("By model")).findByText("alpha/a-large")).toBeInTheDocument();
    for (const route of Object.keys(full())) node.routes[route] = away();
    await act(() => client.refetchQueries());
    await waitFor(() => expect(screen.getAllByText(/^from /)).toHaveLength(7));
    expect(within(await panel("By model")).getByText("alpha/a-large")).toBeInTheDocument();
    expect(screen.getAllByText("7").length).toBeGreaterThan(0);
  });

  it("shows its error while it asks again", async () => {
    const answers: Handler = () => away();
    const node = fakeNode(Object.fromEntries(Object.keys(full()).map((route) => [route, answers])));
    const { client } = renderAt("/analytics");
    const byModel = within(await panel("By model"));
    expect(await byModel.findByRole("alert", {}, { timeout: 5000 })).toBeInTheDocument();
    for (const route of Object.keys(full())) node.routes[route] = "never";
    act(() => void client.refetchQueries());
    await waitFor(() => expect(client.isFetching()).toBe(5));
    expect(byModel.getByRole("alert")).toHaveTextContent("is the database away?");
    expect(screen.queryByRole("status", { name: "Loading" })).not.toBeInTheDocument();
  });

  it("does not show another range's rows in the place of an error", async () => {
    const node = fakeNode(full());
    const { client } = renderAt("/analytics");
    const byModel = within(await panel("By model"));
    expect(await byModel.findByText("alpha/a-large")).toBeInTheDocument();
    for (const route of Object.keys(full())) node.routes[route] = away();
    await userEvent.click(screen.getByRole("radio", { name: "7d" }));
    expect(await byModel.findByRole("alert", {}, { timeout: 5000 })).toBeInTheDocument();
    for (const route of Object.keys(full())) node.routes[route] = "never";
    act(() => void client.refetchQueries({ type: "active" }));
    await waitFor(() => expect(client.isFetching()).toBe(5));
    expect(byModel.getByRole("alert")).toBeInTheDocument();
    expect(byModel.queryByText("alpha/a-large")).not.toBeInTheDocument();
  });
});
