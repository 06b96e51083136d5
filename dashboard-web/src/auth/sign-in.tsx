import { useMutation } from "@tanstack/react-query";
import { LoaderCircleIcon } from "lucide-react";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { ApiError } from "@/api/client";
import { signInWith } from "@/api/session";
import { signedIn, useAuth } from "@/auth/auth";
import { Logo } from "@/components/logo";
import { Button } from "@/components/ui/button";
import { Input, Label } from "@/components/ui/input";

/** What to tell someone whose key was not taken. */
export function refusal(error: unknown): string {
  if (error instanceof ApiError) {
    if (error.status === 401 || error.status === 403) return "That admin key is not right.";
    if (error.status === 0) return "The node cannot be reached. Is it running?";
    return error.message;
  }
  return "Signing in failed.";
}

/** Asks for the admin key and trades it for a cookie; the key itself is kept nowhere. */
export function SignIn() {
  const { expired } = useAuth();
  const [key, setKey] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const attempt = useMutation({
    mutationFn: signInWith,
    onSuccess: signedIn,
    // What was refused can be typed anew at once.
    onError: () => {
      field.current?.focus();
      field.current?.select();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const candidate = key.trim();
    if (candidate !== "" && !attempt.isPending) attempt.mutate(candidate);
  };
  useEffect(() => {
    document.title = "Sign in · Switchboard";
  }, []);
  const message = attempt.isError ? refusal(attempt.error) : null;
  return (
    <main className="flex min-h-dvh items-center justify-center p-6 pb-[18vh]">
      <form onSubmit={submit} className="flex w-full max-w-xs flex-col gap-5">
        <div className="flex flex-col gap-4">
          <Logo className="size-10" />
          <div>
            <h1 className="text-lg font-semibold tracking-tight">Sign in to Switchboard</h1>
            <p className="text-[0.8125rem] text-muted-foreground">
              {expired
                ? "Your session has ended. Sign in again to go on."
                : "The node prints its admin key when it starts."}
            </p>
          </div>
        </div>
        <div className="flex flex-col gap-1.5">
          <Label htmlFor="admin-key">Admin key</Label>
          <Input
            id="admin-key"
            ref={field}
            type="password"
            dir="ltr"
            autoFocus
            autoComplete="current-password"
            spellCheck={false}
            value={key}
            onChange={(event) => setKey(event.target.value)}
            aria-invalid={message !== null}
            aria-describedby="admin-key-problem"
          />
          <p id="admin-key-problem" role="alert" className="min-h-5 text-[0.8125rem] text-bad">
            {message}
          </p>
        </div>
        <Button type="submit" variant="primary" disabled={key.trim() === ""} aria-busy={attempt.isPending}>
          {attempt.isPending && <LoaderCircleIcon aria-hidden className="animate-spin" />}
          Sign in
        </Button>
      </form>
    </main>
  );
}
