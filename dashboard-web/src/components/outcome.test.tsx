import { expect, it } from "vitest";
import { outcomeTone } from "@/components/outcome";

it("a client that went away is neither a success nor a failure", () => {
  expect(outcomeTone("SUCCESS", true)).toBe("good");
  expect(outcomeTone("server_error", false)).toBe("bad");
  expect(outcomeTone("CANCELLED", false)).toBe("neutral");
  expect(outcomeTone(null, false)).toBe("bad");
});
