import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useEffect, useRef, useState } from "react";
import { Confirm } from "@/components/ui/alert-dialog";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { keepFocus, startFocusMarks } from "@/lib/focus";

/** Two panels; pressing a button in a row takes the row away, and the last one takes its panel with it. */
function Rows() {
  const main = useRef<HTMLElement>(null);
  const [left, setLeft] = useState(["one", "two"]);
  useEffect(() => (main.current ? keepFocus(main.current) : undefined), []);
  const remove = (name: string) => setLeft((all) => all.filter((each) => each !== name));
  return (
    <main ref={main} tabIndex={-1}>
      {left.length > 0 && (
        <section aria-label="Rows">
          {left.map((name) => (
            <div key={name}>
              <button type="button" onClick={() => remove(name)}>
                {name}
              </button>
              <Confirm
                trigger={<button type="button">ask {name}</button>}
                title="Sure?"
                description="It goes."
                action="Yes"
                onConfirm={() => remove(name)}
              />
            </div>
          ))}
        </section>
      )}
    </main>
  );
}

/** Two panels; pressing the row's button, or saying yes in its dialog, moves the row to the other one. */
function Pools() {
  const main = useRef<HTMLElement>(null);
  const [pool, setPool] = useState("fast");
  const [open, setOpen] = useState(false);
  useEffect(() => (main.current ? keepFocus(main.current) : undefined), []);
  const move = () => setPool((at) => (at === "fast" ? "smart" : "fast"));
  return (
    <main ref={main} tabIndex={-1}>
      {["fast", "smart"].map((name) => (
        <section key={name} aria-label={name}>
          {pool === name && (
            <>
              <button type="button" id="move-row" onClick={move}>
                move
              </button>
              <button type="button" id="edit-row" onClick={() => setOpen(true)}>
                edit
              </button>
            </>
          )}
        </section>
      ))}
      <Dialog open={open} onOpenChange={setOpen}>
        <DialogContent title="Edit">
          <button type="button" onClick={move}>
            save
          </button>
        </DialogContent>
      </Dialog>
    </main>
  );
}

describe("the focus", () => {
  it("goes with a row that moves to another panel, also while its dialog is open", async () => {
    render(<Pools />);
    await userEvent.click(screen.getByRole("button", { name: "move" }));
    const smart = screen.getByRole("region", { name: "smart" });
    await vi.waitFor(() => expect(within(smart).getByRole("button", { name: "move" })).toHaveFocus());
    await userEvent.click(screen.getByRole("button", { name: "edit" }));
    await userEvent.click(await screen.findByRole("button", { name: "save" }));
    await userEvent.keyboard("{Escape}");
    const fast = screen.getByRole("region", { name: "fast" });
    await vi.waitFor(() => expect(within(fast).getByRole("button", { name: "edit" })).toHaveFocus());
  });

  it("moves to the panel when what had it goes, and to the page when the panel goes too", async () => {
    render(<Rows />);
    const panel = screen.getByRole("region", { name: "Rows" });
    await userEvent.click(screen.getByRole("button", { name: "one" }));
    await vi.waitFor(() => expect(panel).toHaveFocus());
    await userEvent.tab();
    expect(screen.getByRole("button", { name: "two" })).toHaveFocus();
    expect(panel).not.toHaveAttribute("tabindex");
    await userEvent.keyboard("{Enter}");
    await vi.waitFor(() => expect(screen.getByRole("main")).toHaveFocus());
  });

  it("moves to the panel when a confirmation has taken its row away", async () => {
    render(<Rows />);
    await userEvent.click(screen.getByRole("button", { name: "ask one" }));
    await userEvent.click(await screen.findByRole("button", { name: "Yes" }));
    await vi.waitFor(() => expect(screen.getByRole("region", { name: "Rows" })).toHaveFocus());
  });

  it("stays where it is when something else goes", async () => {
    render(<Rows />);
    const other = screen.getByRole("button", { name: "two" });
    other.focus();
    screen.getByRole("button", { name: "one" }).click();
    await vi.waitFor(() => expect(screen.queryByRole("button", { name: "one" })).toBeNull());
    expect(other).toHaveFocus();
  });

  it("is marked as moved by keys until a pointer is used", async () => {
    startFocusMarks();
    const by = () => document.documentElement.dataset.by;
    await userEvent.keyboard("{Shift}");
    expect(by()).toBeUndefined();
    await userEvent.tab();
    expect(by()).toBe("keys");
    await userEvent.pointer({ keys: "[MouseLeft]", target: document.body });
    expect(by()).toBeUndefined();
  });
});
