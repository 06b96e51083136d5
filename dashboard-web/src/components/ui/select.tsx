import { CheckIcon, ChevronDownIcon } from "lucide-react";
import { Select as Primitive } from "radix-ui";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "@/lib/cn";

type SelectProps = Omit<ComponentProps<typeof Primitive.Root>, "children"> & {
  id?: string;
  label?: string;
  className?: string;
  placeholder?: string;
  options: readonly { value: string; name: ReactNode }[];
};

/** One choice out of a few. */
export function Select({ id, label, className, placeholder, options, ...props }: SelectProps) {
  return (
    <Primitive.Root {...props}>
      <Primitive.Trigger
        id={id}
        aria-label={label}
        className={cn(
          "flex h-9 w-full min-w-0 items-center justify-between gap-2 rounded-md border border-input bg-surface px-3 text-left text-sm disabled:opacity-50 data-placeholder:text-muted-foreground [&>span]:truncate",
          className,
        )}
      >
        <Primitive.Value placeholder={placeholder} />
        <ChevronDownIcon aria-hidden className="size-4 shrink-0 text-muted-foreground" />
      </Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content
          position="popper"
          sideOffset={4}
          className="z-50 max-h-72 min-w-(--radix-select-trigger-width) animate-fade-in overflow-hidden rounded-lg border bg-raised shadow-lg"
        >
          <Primitive.Viewport className="p-1">
            {options.map(({ value, name }) => (
              <Primitive.Item
                key={value}
                value={value}
                className="relative flex items-center rounded py-1.5 pr-8 pl-2 text-sm outline-none select-none data-highlighted:bg-muted"
              >
                <Primitive.ItemText>{name}</Primitive.ItemText>
                <Primitive.ItemIndicator className="absolute right-2">
                  <CheckIcon aria-hidden className="size-4" />
                </Primitive.ItemIndicator>
              </Primitive.Item>
            ))}
          </Primitive.Viewport>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
