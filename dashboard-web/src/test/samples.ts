const first = "akka://switchboard@127.0.0.1:25520";
const second = "akka://switchboard@127.0.0.1:25521";
const gone = "akka://switchboard@127.0.0.1:25522";

const member = (address: string, status: string, sessions: number) => ({
  address,
  status,
  roles: ["node"],
  upSince: "2026-01-01T00:00:00Z",
  httpUrl: "http://127.0.0.1:8080",
  sessions,
  inFlight: 1,
  version: "0.1.0",
});

export const cluster = {
  self: first,
  leader: second,
  members: [member(first, "Up", 3), member(second, "Up", 4), member(gone, "Up", 5)],
  unreachable: [gone],
  shards: [
    { type: "session", shard: "1", node: first },
    { type: "session", shard: "2", node: first },
    { type: "provider", shard: "7", node: second },
  ],
  singletons: [{ name: "directory", node: second }],
};

export const session = {
  key: "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
  mode: "auto",
  model: "a-large",
  platform: "alpha",
  keyLabel: "one",
  bans: [{ platform: "beta", until: "2999-01-01T00:00:00Z", reason: "STALLED" }],
  turns: 7,
  lastUsed: "2026-01-01T00:00:00Z",
  node: first,
};
