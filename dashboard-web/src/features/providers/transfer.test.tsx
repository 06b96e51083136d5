import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { signedIn } from "@/auth/auth";
import { fakeNode, refused } from "@/test/fake-node";
import { renderAt } from "@/test/render";
import { cluster } from "@/test/samples";

const file = { format: "switchboard-providers", version: 1, platforms: [], models: [], keys: [{ platform: "alpha" }] };
const report = (dryRun: boolean, outcome = "added") => ({
  dryRun,
  platforms: [{ platform: "mine", name: "Mine", outcome: "present" }],
  models: [{ platform: "mine", name: "m-large", outcome }],
  keys: [{ platform: "alpha", name: "one", outcome: "without-secret" }],
});
const quiet = {
  "GET /api/cluster": { body: cluster },
  "GET /api/keys": { body: [] },
  "GET /api/platforms": { body: [] },
  "GET /api/fallback": { body: [] },
};
const imports = (node: ReturnType<typeof fakeNode>) =>
  node.seen.filter(({ path }) => path === "/api/import").map(({ url, body }) => [url, body]);

async function open(name: "Import" | "Export") {
  await userEvent.click(await screen.findByRole("button", { name }));
  return within(await screen.findByRole("dialog"));
}

const chosen = (text: string) => new File([text], "providers.json", { type: "application/json" });

describe("Import", () => {
  beforeEach(signedIn);

  it("says what a file would add, and adds it only when told to", async () => {
    const node = fakeNode({ ...quiet, "POST /api/import": { body: report(true) } });
    renderAt("/providers");
    const dialog = await open("Import");
    expect(dialog.getByRole("button", { name: "Import" })).toBeDisabled();
    await userEvent.upload(dialog.getByLabelText("File"), chosen(JSON.stringify(file)));
    const held = within(await dialog.findByRole("group", { name: "What the file holds" }));
    expect(within(held.getByRole("region", { name: "Platforms" })).getByText("Here already")).toBeInTheDocument();
    expect(within(held.getByRole("region", { name: "Models" })).getByRole("listitem")).toHaveTextContent(
      "mine · m-largeNew",
    );
    expect(within(held.getByRole("region", { name: "Keys" })).getByText("No secret")).toBeInTheDocument();
    expect(imports(node)).toEqual([["/api/import?dryRun=true", file]]);
    await userEvent.click(dialog.getByRole("button", { name: "Import 1 row" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
    expect(imports(node).slice(1)).toEqual([["/api/import", file]]);
  });

  it("offers nothing to do for a file with nothing new", async () => {
    fakeNode({ ...quiet, "POST /api/import": { body: report(true, "present") } });
    renderAt("/providers");
    const dialog = await open("Import");
    await userEvent.upload(dialog.getByLabelText("File"), chosen(JSON.stringify(file)));
    expect(await dialog.findByText("There is nothing new in this file.")).toBeInTheDocument();
    expect(dialog.getByRole("button", { name: "Import" })).toBeDisabled();
  });

  it("names the refusal of a file, and forgets the file before it", async () => {
    const node = fakeNode({ ...quiet, "POST /api/import": { body: report(true) } });
    renderAt("/providers");
    const dialog = await open("Import");
    await userEvent.upload(dialog.getByLabelText("File"), chosen(JSON.stringify(file)));
    await dialog.findByRole("button", { name: "Import 1 row" });
    node.routes["POST /api/import"] = refused(400, "keys[0].platform is unknown");
    await userEvent.upload(dialog.getByLabelText("File"), chosen(JSON.stringify({ ...file, format: "else" })));
    expect(await dialog.findByText("keys[0].platform is unknown")).toHaveAttribute("role", "alert");
    expect(dialog.queryByRole("group", { name: "What the file holds" })).not.toBeInTheDocument();
    expect(dialog.getByRole("button", { name: "Import" })).toBeDisabled();
    await userEvent.upload(dialog.getByLabelText("File"), chosen("provider,key\nalpha,sk"));
    expect(await dialog.findByText("This file is not JSON.")).toHaveAttribute("role", "alert");
    expect(imports(node)).toHaveLength(2);
  });
});

describe("Export", () => {
  const saved: Blob[] = [];

  beforeEach(() => {
    signedIn();
    saved.length = 0;
    URL.createObjectURL = vi.fn((blob: Blob) => `blob:${saved.push(blob)}`) as typeof URL.createObjectURL;
    URL.revokeObjectURL = vi.fn();
    vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => {});
  });

  it("saves a file without secrets, and asks for no key then", async () => {
    const node = fakeNode({ ...quiet, "GET /api/export": { body: file } });
    renderAt("/providers");
    const dialog = await open("Export");
    expect(dialog.queryByLabelText("Admin key, once more")).not.toBeInTheDocument();
    await userEvent.click(dialog.getByRole("button", { name: "Export" }));
    await waitFor(() => expect(saved).toHaveLength(1));
    expect(saved[0]?.type).toContain("application/json");
    expect(node.seen.filter(({ path }) => path === "/api/export").map(({ method }) => method)).toEqual(["GET"]);
  });

  it("gives secrets for the admin key alone, and saves nothing when it is refused", async () => {
    const node = fakeNode({ ...quiet, "POST /api/export": refused(403, "adminKey is not right") });
    renderAt("/providers");
    const dialog = await open("Export");
    await userEvent.click(dialog.getByRole("switch", { name: /^With the keys' secrets/ }));
    const button = dialog.getByRole("button", { name: "Export with secrets" });
    expect(button).toBeDisabled();
    const input = dialog.getByLabelText("Admin key, once more");
    expect(input).toHaveAttribute("type", "password");
    await userEvent.type(input, "sb-admin-wrong");
    await userEvent.click(button);
    expect(await dialog.findByText("adminKey is not right")).toBeInTheDocument();
    expect(saved).toHaveLength(0);
    node.routes["POST /api/export"] = { body: file };
    await userEvent.clear(input);
    await userEvent.type(input, " sb-admin-right ");
    await userEvent.click(button);
    await waitFor(() => expect(saved).toHaveLength(1));
    expect(node.seen.filter(({ path }) => path === "/api/export").map(({ method, body }) => [method, body])).toEqual([
      ["POST", { adminKey: "sb-admin-wrong" }],
      ["POST", { adminKey: "sb-admin-right" }],
    ]);
  });
});
