// Every suite in one process: run with `node --test-reporter=./lines.mjs all.mjs`.
import "./openai.mjs";
import "./anthropic.mjs";
import "./vercel.mjs";
import "./openapi.mjs";
