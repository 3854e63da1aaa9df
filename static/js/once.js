/* A page runs the modules of one release. A part that came from a later one names the later app.js,
   which stops here, before it would listen to everything a second time; who asked for it says so. */

const page = document.documentElement;
if (page.hasAttribute("data-modules")) throw new Error("This page runs the modules of another release.");
page.setAttribute("data-modules", "");
