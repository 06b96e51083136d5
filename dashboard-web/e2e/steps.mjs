// The steps of the journey, each of which leaves the page where the next one begins.
import { chain, dragging } from "./steps/chain.mjs";
import { nodes } from "./steps/cluster.mjs";
import { conversation, forgetting } from "./steps/conversation.mjs";
import { looks, phones, work } from "./steps/figures.mjs";
import { hostile } from "./steps/hostile.mjs";
import { providers } from "./steps/providers.mjs";
import { settings } from "./steps/settings.mjs";
import { stillness } from "./steps/shifts.mjs";
import { leaving, loading } from "./steps/start.mjs";

export const all = [
  ...loading,
  ...providers,
  ...conversation,
  ...chain,
  ...settings,
  ...work,
  ...looks,
  ...stillness,
  ...hostile,
  ...leaving.slice(0, 1),
  ...forgetting,
  ...leaving.slice(1),
  ...dragging,
  ...phones,
  ...nodes,
];
