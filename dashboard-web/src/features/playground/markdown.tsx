import { memo } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";

const components: Components = {
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noreferrer noopener" className="text-primary underline underline-offset-4">
      {children}
    </a>
  ),
  // A picture from elsewhere would tell its host who reads; its address is shown instead.
  img: ({ src, alt }) => (
    <a
      href={typeof src === "string" ? src : undefined}
      target="_blank"
      rel="noreferrer noopener"
      className="text-primary underline underline-offset-4"
    >
      {alt || "image"}
    </a>
  ),
  pre: ({ children }) => (
    <pre
      tabIndex={0}
      dir="ltr"
      className="my-2.5 overflow-x-auto rounded-md bg-muted p-3 font-mono text-xs leading-relaxed [&_code]:bg-transparent [&_code]:p-0"
    >
      {children}
    </pre>
  ),
  code: ({ children }) => <code className="rounded bg-muted px-1 py-0.5 font-mono text-[0.85em]">{children}</code>,
  table: ({ children }) => (
    <div className="my-2.5 overflow-x-auto">
      <table className="border-collapse text-[0.8125rem] [&_td]:border [&_td]:px-2 [&_td]:py-1 [&_th]:border [&_th]:bg-muted [&_th]:px-2 [&_th]:py-1 [&_th]:text-left">
        {children}
      </table>
    </div>
  ),
  ul: ({ children }) => <ul className="my-2 list-disc space-y-0.5 ps-5">{children}</ul>,
  ol: ({ children }) => <ol className="my-2 list-decimal space-y-0.5 ps-5">{children}</ol>,
  p: ({ children }) => (
    <p dir="auto" className="my-2 first:mt-0 last:mb-0">
      {children}
    </p>
  ),
  h1: ({ children }) => <p className="mt-4 mb-1.5 text-base font-semibold first:mt-0">{children}</p>,
  h2: ({ children }) => <p className="mt-4 mb-1.5 text-[0.9375rem] font-semibold first:mt-0">{children}</p>,
  h3: ({ children }) => <p className="mt-3 mb-1 font-semibold first:mt-0">{children}</p>,
  blockquote: ({ children }) => (
    <blockquote className="my-2 border-s-2 ps-3 text-muted-foreground">{children}</blockquote>
  ),
  hr: () => <hr className="my-4" />,
};

const plugins = [remarkGfm];

/** An answer as rich text; raw HTML in it is shown as text, never run. */
export const Markdown = memo(function Markdown({ text }: { text: string }) {
  return (
    <div className="min-w-0 break-words">
      <ReactMarkdown remarkPlugins={plugins} components={components}>
        {text}
      </ReactMarkdown>
    </div>
  );
});
