import { Tooltip as Primitive } from "radix-ui";
import type { ReactElement, ReactNode } from "react";

export const TooltipProvider = Primitive.Provider;

/** A short explanation that shows on hover and on keyboard focus. */
export function Hint({ text, children }: { text: ReactNode; children: ReactElement }) {
  return (
    <Primitive.Root>
      <Primitive.Trigger asChild>{children}</Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content
          sideOffset={5}
          collisionPadding={8}
          className="z-50 max-w-72 animate-fade-in rounded-md bg-foreground px-2.5 py-1.5 text-xs text-background shadow-md"
        >
          {text}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
