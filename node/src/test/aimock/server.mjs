// Serves the fixtures until the standard input ends; the first line said is the address.
import { LLMock } from "@copilotkit/aimock";

const mock = new LLMock({ port: 0, auth: { apiKeys: [process.env.AIMOCK_KEY] } });
mock.loadFixtureFile("fixtures.json");
await mock.start();
console.log(mock.url);
process.stdin.on("end", async () => {
  await mock.stop();
  process.exit(0);
});
process.stdin.resume();
