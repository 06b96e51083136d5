import assert from "node:assert/strict";
import { test } from "node:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { url } from "./node.mjs";

test("OpenAPI: the description is a valid document", async () => {
  const document = await (await fetch(`${url}/v1/openapi.json`)).json();
  const { valid, errors } = await new Validator().validate(document);
  assert.ok(valid, JSON.stringify(errors, null, 1));
});
