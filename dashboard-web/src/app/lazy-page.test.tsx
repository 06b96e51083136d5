import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it } from "vitest";
import { mayReload } from "@/app/lazy-page";
import { signedIn } from "@/auth/auth";
import { fakeNode } from "@/test/fake-node";
import { renderAt } from "@/test/render";
import { cluster } from "@/test/samples";

beforeEach(signedIn);

it("a reload is not tried again right after one", () => {
  expect(mayReload(100_000, null)).toBe(true);
  expect(mayReload(100_000, "99000")).toBe(false);
  expect(mayReload(100_000, "80000")).toBe(true);
});

it("every link of the navigation leads to a page with its name", async () => {
  fakeNode({ "GET /api/cluster": { body: cluster } });
  renderAt("/cluster");
  for (const name of [
    "Overview",
    "Models",
    "Sessions",
    "Providers",
    "Cluster",
    "Analytics",
    "Playground",
    "Requests",
    "Settings",
  ]) {
    await userEvent.click(await screen.findByRole("link", { name }));
    expect(await screen.findByRole("heading", { level: 1, name })).toBeInTheDocument();
    expect(screen.getByRole("link", { name })).toHaveAttribute("aria-current", "page");
  }
});

it("an unknown address says so", async () => {
  fakeNode({ "GET /api/cluster": { body: cluster } });
  renderAt("/nowhere");
  expect(await screen.findByRole("heading", { level: 1, name: "Page not found" })).toBeInTheDocument();
});
