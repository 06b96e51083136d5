import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "@/app/app";
import { startFocusMarks } from "@/lib/focus";
import { startTheme } from "@/lib/theme";
import "@/index.css";

startTheme();
startFocusMarks();

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
