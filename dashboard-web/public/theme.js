// Sets the theme before the first paint; src/lib/theme.ts keeps it afterwards.
(function () {
  var choice = null;
  try {
    choice = localStorage.getItem("switchboard.theme");
  } catch (e) {
    choice = null;
  }
  var dark = choice === "dark" || (choice !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.classList.toggle("dark", dark);
})();
