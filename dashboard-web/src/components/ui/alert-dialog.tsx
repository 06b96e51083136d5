import { AlertDialog as Primitive } from "radix-ui";
import type { ReactElement, ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { overlay } from "@/components/ui/dialog";

type ConfirmProps = {
  /** The button that opens the question. */
  trigger: ReactElement;
  title: string;
  description: ReactNode;
  action: string;
  onConfirm: () => void;
};

/** Asks before something that cannot be taken back. */
export function Confirm({ trigger, title, description, action, onConfirm }: ConfirmProps) {
  return (
    <Primitive.Root>
      <Primitive.Trigger asChild>{trigger}</Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Overlay className={overlay} />
        <Primitive.Content className="fixed top-1/2 left-1/2 z-50 w-[calc(100vw-2rem)] max-w-sm -translate-1/2 animate-fade-in rounded-xl border bg-raised p-5 shadow-xl">
          <Primitive.Title className="text-base font-semibold">{title}</Primitive.Title>
          <Primitive.Description className="mt-1.5 text-sm text-muted-foreground" dir="auto">
            {description}
          </Primitive.Description>
          <div className="mt-5 flex justify-end gap-2">
            <Primitive.Cancel asChild>
              <Button>Cancel</Button>
            </Primitive.Cancel>
            <Primitive.Action asChild>
              <Button variant="danger" onClick={onConfirm}>
                {action}
              </Button>
            </Primitive.Action>
          </div>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
