import { XIcon } from "lucide-react";
import { Dialog as Primitive } from "radix-ui";
import { type ComponentProps, type ReactNode, useRef } from "react";
import { cn } from "@/lib/cn";
import { moved } from "@/lib/focus";

export const Dialog = Primitive.Root;
export const DialogTrigger = Primitive.Trigger;
export const DialogClose = Primitive.Close;

export const overlay = "fixed inset-0 z-40 animate-fade-in bg-black/35 dark:bg-black/55";

function CloseButton() {
  return (
    <Primitive.Close
      aria-label="Close"
      className="absolute top-3 right-3 rounded p-1.5 text-muted-foreground hover:bg-muted hover:text-foreground"
    >
      <XIcon aria-hidden className="size-4" />
    </Primitive.Close>
  );
}

type ContentProps = Omit<ComponentProps<typeof Primitive.Content>, "title"> & {
  title: ReactNode;
  description?: ReactNode;
};

/** Gives the focus back to where it was, or to the page where that is gone: not every dialog has a button of its own. */
function useFocusBack() {
  const before = useRef<Element | null>(null);
  return {
    onOpenAutoFocus: () => {
      before.current = document.activeElement;
    },
    onCloseAutoFocus: (event: Event) => {
      event.preventDefault();
      const opener = before.current === document.body ? null : before.current;
      const there = opener?.isConnected ? opener : opener && moved(opener);
      // Where the opener is gone with its row, its panel may have the focus already.
      const target = there ?? (document.activeElement === document.body ? document.getElementById("main") : null);
      if (target instanceof HTMLElement) target.focus({ preventScroll: there === null });
    },
  };
}

/** A dialog in the middle of the page. */
export function DialogContent({ className, title, description, children, ...props }: ContentProps) {
  const focus = useFocusBack();
  return (
    <Primitive.Portal>
      <Primitive.Overlay className={overlay} />
      <Primitive.Content
        {...focus}
        {...(description ? {} : { "aria-describedby": undefined })}
        className={cn(
          "fixed top-1/2 left-1/2 z-50 max-h-[90dvh] w-[calc(100vw-2rem)] max-w-md -translate-1/2 animate-fade-in overflow-y-auto rounded-xl border bg-raised p-5 shadow-xl",
          className,
        )}
        {...props}
      >
        <Primitive.Title className="pr-8 text-base font-semibold">{title}</Primitive.Title>
        {description && (
          <Primitive.Description className="mt-1 text-[0.8125rem] text-muted-foreground">
            {description}
          </Primitive.Description>
        )}
        <div className="mt-4">{children}</div>
        <CloseButton />
      </Primitive.Content>
    </Primitive.Portal>
  );
}

/** A drawer on one side of the page. */
export function SheetContent({
  className,
  side = "right",
  title,
  description,
  children,
  ...props
}: ContentProps & { side?: "left" | "right" }) {
  const focus = useFocusBack();
  return (
    <Primitive.Portal>
      <Primitive.Overlay className={overlay} />
      <Primitive.Content
        {...focus}
        {...(description ? {} : { "aria-describedby": undefined })}
        className={cn(
          "fixed inset-y-0 z-50 flex w-full max-w-lg animate-slide-in flex-col bg-raised shadow-xl",
          side === "right" ? "right-0 border-l" : "left-0 max-w-64 border-r",
          className,
        )}
        {...props}
      >
        <div className="border-b px-5 py-3.5">
          <Primitive.Title className="-m-1 truncate p-1 pr-9 text-sm font-semibold">{title}</Primitive.Title>
          {description && (
            <Primitive.Description className="truncate text-xs text-muted-foreground">
              {description}
            </Primitive.Description>
          )}
        </div>
        <div className="min-h-0 flex-1 overflow-y-auto p-5">{children}</div>
        <CloseButton />
      </Primitive.Content>
    </Primitive.Portal>
  );
}
