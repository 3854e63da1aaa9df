/* <button type="button" data-shows="id_password" aria-pressed="false" hidden>: shows the password
   while it is pressed in, and hides it again before the form is sent. Without scripts there is no
   button. */

function set(button, isShown) {
  const field = document.getElementById(button.dataset.shows);
  if (field) field.type = isShown ? "text" : "password";
  button.setAttribute("aria-pressed", String(isShown));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-shows]");
  if (button) set(button, button.getAttribute("aria-pressed") !== "true");
});

document.addEventListener("submit", ({ target }) => {
  for (const button of target.querySelectorAll("[data-shows]")) set(button, false);
});

for (const button of document.querySelectorAll("[data-shows][hidden]")) button.hidden = false;
