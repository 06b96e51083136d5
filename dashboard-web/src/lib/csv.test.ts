import { describe, expect, it } from "vitest";
import { csvField, toCsv } from "@/lib/csv";

describe("CSV", () => {
  it("quotes what needs it", () => {
    expect(csvField('say "hi", you')).toBe('"say ""hi"", you"');
    expect(csvField("two\nlines")).toBe('"two\nlines"');
    expect(csvField("plain")).toBe("plain");
    expect([csvField(null), csvField(0), csvField(-1.5)]).toEqual(["", "0", "-1.5"]);
  });
  it("defuses formulas in text", () => {
    expect(csvField("=SUM(A1)")).toBe("'=SUM(A1)");
    expect(csvField("@cf/model")).toBe("'@cf/model");
  });
  it("writes a header and CRLF", () => {
    expect(
      toCsv(
        [{ a: 1, b: "x" }],
        [
          { name: "a", value: (row) => row.a },
          { name: "b", value: (row) => row.b },
        ],
      ),
    ).toBe("a,b\r\n1,x\r\n");
  });
});
