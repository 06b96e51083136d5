import { expect, it } from "vitest";
import { draftBody, emptyDraft } from "@/api/api-keys";

it("what is empty is left out", () => {
  expect(draftBody({ ...emptyDraft, name: " ci " })).toEqual({ name: "ci" });
});

it("models are separated by blanks or commas, limits are numbers, an end is the end of that day", () => {
  const body = draftBody({
    ...emptyDraft,
    name: "ci",
    models: "alpha/a, beta/*\ngpt",
    mode: "fast",
    rpm: "60",
    expires: "2999-01-31",
  });
  expect(body).toMatchObject({ models: ["alpha/a", "beta/*", "gpt"], mode: "fast", rpm: 60 });
  expect(new Date(body.expiresAt as string).getDate()).toBe(31);
  expect(body).not.toHaveProperty("tpd");
});
