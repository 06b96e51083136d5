import { Label as LabelPrimitive } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";

const field =
  "w-full min-w-0 rounded-md border border-input bg-surface px-3 text-sm placeholder:text-muted-foreground/80 disabled:opacity-50 aria-invalid:border-bad";

export function Input({ className, ...props }: ComponentProps<"input">) {
  return <input dir="auto" className={cn(field, "h-9", className)} {...props} />;
}

export function Textarea({ className, ...props }: ComponentProps<"textarea">) {
  return <textarea dir="auto" className={cn(field, "min-h-9 py-2 leading-normal", className)} {...props} />;
}

export function Label({ className, ...props }: ComponentProps<typeof LabelPrimitive.Root>) {
  return <LabelPrimitive.Root className={cn("text-[0.8125rem] font-medium", className)} {...props} />;
}
